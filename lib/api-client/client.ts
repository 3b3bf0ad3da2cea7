import { queryOptions } from "@tanstack/react-query";
import type { DisconnectClientResult, ReleaseClientResult, TopicRefusal } from "@/lib/access/schemas";
import type { ClientBlock, LiveSession, NextOnlineResult } from "@/lib/presence/schemas";
import type { PingClientResult } from "@/lib/publish/schemas";
import type { ClientExplained } from "@/lib/timeline/schemas";
import { deleteJson, getJson, postJson } from "./request";

const pathOf = (clientId: string, what: string): string => `/api/presence/${encodeURIComponent(clientId)}/${what}`;

/** What a client's latest history means: ours or theirs, flapping or not. */
export const explainedQuery = (clientId: string) =>
  queryOptions({
    queryKey: ["presence", "explained", clientId] as const,
    queryFn: ({ signal }) => getJson<ClientExplained>(pathOf(clientId, "explained"), { signal }),
  });

// An estimate from four weeks does not change with a minute.
const ESTIMATE_MS = 5 * 60_000;

/** Its usual hours and when it will be online next, by the clock of a zone. */
export const nextOnlineQuery = (clientId: string, timeZone: string) =>
  queryOptions({
    queryKey: ["presence", "nextOnline", clientId, timeZone] as const,
    queryFn: ({ signal }) =>
      getJson<NextOnlineResult>(`${pathOf(clientId, "next-online")}?${new URLSearchParams({ timeZone }).toString()}`, {
        signal,
      }),
    staleTime: ESTIMATE_MS,
  });

/** Its session as the broker has it now. */
export const liveSessionQuery = (clientId: string) =>
  queryOptions({
    queryKey: ["presence", "live", clientId] as const,
    queryFn: ({ signal }) => getJson<LiveSession>(pathOf(clientId, "live-session"), { signal }),
  });

/** Asks the phone itself; up to eight seconds. */
export const pingClient = (clientId: string) => postJson<PingClientResult>(pathOf(clientId, "ping"), {});

export interface DisconnectOrder {
  reason: string;
  session: "keep" | "end";
  because: "disconnected" | "blocked";
}

/** Ends its connection and says what came of it. */
export const disconnectClient = (clientId: string, order: DisconnectOrder) =>
  postJson<DisconnectClientResult>(pathOf(clientId, "disconnect"), order);

/** Makes it nobody's; waits up to five seconds until it is. */
export const releaseClient = (clientId: string, reason: string) =>
  postJson<ReleaseClientResult>(pathOf(clientId, "release"), { reason });

/** What it asked for and was refused, the latest first. */
export const topicRefusalsQuery = (clientId: string) =>
  queryOptions({
    queryKey: ["presence", "topicRefusals", clientId] as const,
    queryFn: ({ signal }) => getJson<TopicRefusal[]>(pathOf(clientId, "topic-refusals"), { signal }),
  });

/** Keeps it from connecting until a time, or (null) until somebody lifts it. */
export const blockClient = (clientId: string, block: { reason: string; until: string | null }) =>
  postJson<ClientBlock>(pathOf(clientId, "block"), block);

/** Lets it connect again. */
export const unblockClient = (clientId: string) => deleteJson<{ wasBlocked: boolean }>(pathOf(clientId, "block"));

/** Leaves a note for colleagues. */
export const addNote = (clientId: string, text: string) =>
  postJson<{ noteId: string }>(pathOf(clientId, "notes"), { text });
