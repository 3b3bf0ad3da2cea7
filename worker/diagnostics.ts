import { z } from "zod";
import { applyDeviceEvents } from "@/lib/diagnostics/apply-device-events";
import { cancelMembers } from "@/lib/diagnostics/bulk/change-bulk";
import { releaseBulk, releaseForgotten } from "@/lib/diagnostics/bulk/release-bulk";
import {
  applyMissedEvents,
  beginDrafts,
  expireLogRequests,
  findLostUploads,
  listAnsweredRequests,
} from "@/lib/diagnostics/catch-up";
import { confirmDeliveries } from "@/lib/diagnostics/confirm-deliveries";
import { isLogEvent } from "@/lib/diagnostics/device-event";
import { dispatchLogRequests } from "@/lib/diagnostics/dispatch-log-requests";
import { ingestLog } from "@/lib/diagnostics/ingest-log";
import { estimateReturns } from "@/lib/diagnostics/estimate-returns";
import { discardUpload } from "@/lib/diagnostics/receive-upload";
import type { LiveEvent } from "@/lib/events/schemas";
import type { SessionParts } from "@/lib/presence/read-live-session";
import type { Task } from "@/lib/queue/run-queue";
import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { gather } from "./gather";

export interface DiagnosticsParts {
  /** A context of this process; made anew for each piece of work, so that each has a request id. */
  context: () => Context;
  store: ObjectStore;
  /** Where the broker is asked whether a phone has its command. */
  sessions: SessionParts;
}

/** How long logs are kept, and the originals they were made of. */
export interface KeepLogs {
  logDays: number;
  originalDays: number;
}

// Clients of one node that came back at once; the clock takes the rest within a minute.
const MOST_WAITING = 20_000;

// Requests whose answers are acted on at once: half of the worker's connections.
const AT_ONCE = 4;

const dispatchPayload = z.object({ clientIds: z.array(z.string()) });
const confirmPayload = z.object({ logRequestIds: z.array(z.uuid()) });
const releasePayload = z.object({ bulkId: z.uuid() });
const cancelPayload = z.object({ bulkId: z.uuid(), actorName: z.string() });
const ingestPayload = z.object({ logRequestId: z.uuid() });
const discardPayload = z.object({ uploadKey: z.string().startsWith("uploads/") });

/** Log requests' jobs, by task name. */
export const diagnosticsTasks = ({
  context,
  store,
  sessions,
  keep,
}: DiagnosticsParts & { keep: KeepLogs }): Record<string, Task> => ({
  "diagnostics:dispatch": async ({ payload }) => {
    const { clientIds } = dispatchPayload.parse(payload);
    await dispatchLogRequests(context(), { store, clientIds });
    await estimateReturns(context(), { clientIds });
  },
  "diagnostics:confirmDeliveries": async ({ payload }) => {
    await confirmDeliveries(context(), sessions, confirmPayload.parse(payload));
  },
  "diagnostics:begin": async () => {
    await dispatchLogRequests(context(), { store, clientIds: await beginDrafts(context()) });
  },
  "diagnostics:releaseBulk": async ({ payload }) => {
    await releaseBulk(context(), releasePayload.parse(payload).bulkId);
  },
  "diagnostics:cancelBulk": async ({ payload }) => {
    await cancelMembers(context(), cancelPayload.parse(payload));
  },
  "diagnostics:ingest": async ({ payload, isLastAttempt }) => {
    await ingestLog(context(), { store, isLastAttempt, keep, ...ingestPayload.parse(payload) });
  },
  "diagnostics:discardUpload": async ({ payload }) => {
    await discardUpload(context(), store, discardPayload.parse(payload).uploadKey);
  },
  "diagnostics:catchUp": async () => {
    // First what has come, so that nothing expires of which the file is there.
    await applyMissedEvents(context(), store);
    await findLostUploads(context(), store);
    await expireLogRequests(context());
    await beginDrafts(context());
    await dispatchLogRequests(context(), { store });
    await confirmDeliveries(context(), sessions);
    await estimateReturns(context());
    await releaseForgotten(context());
  },
});

/** What the clock does for log requests. */
export const DIAGNOSTICS_SCHEDULE = ["* * * * * diagnostics:catchUp ?max=1"];

/** Does what notifications that were missed would have led to. */
async function catchUp({ context, store }: DiagnosticsParts): Promise<void> {
  await dispatchLogRequests(context(), { store });
  await applyMissedEvents(context(), store);
}

export interface DiagnosticsListener {
  onEvent: (event: LiveEvent) => void;
  /** To be called when listening began, or began again. */
  onListening: () => void;
  close: () => Promise<void>;
}

/** Moves log requests on as phones come online and answer. */
export function listenForLogRequests(parts: DiagnosticsParts): DiagnosticsListener {
  const { context, store } = parts;
  const { log } = context();
  const online = gather<string>({
    what: "sending log requests to phones that came online",
    most: MOST_WAITING,
    work: async (clientIds) => void (await dispatchLogRequests(context(), { store, clientIds })),
    log,
  });
  const answers = gather<number>({
    what: "acting on devices' answers",
    most: MOST_WAITING,
    work: async (ids) => {
      const answered = await listAnsweredRequests(context(), ids);
      for (let from = 0; from < answered.length; from += AT_ONCE)
        await Promise.all(answered.slice(from, from + AT_ONCE).map((id) => applyDeviceEvents(context(), store, id)));
    },
    log,
  });
  const everything = gather<"all">({
    what: "catching up on log requests",
    most: 1,
    work: () => catchUp(parts),
    log,
  });
  return {
    onEvent: (event) => {
      if (event.type === "presence.changed")
        online.add(event.clients.flatMap(({ clientId, state }) => (state === "online" ? [clientId] : [])));
      else if (event.type === "publish.deviceEvent" && isLogEvent(event.eventType)) answers.add([event.deviceEventId]);
      // Its clients were unknown and may be online again, without an event of their own.
      else if (event.type === "cluster.nodeChanged" && event.state === "up") everything.add(["all"]);
    },
    onListening: () => everything.add(["all"]),
    close: async () => {
      await Promise.all([online.close(), answers.close(), everything.close()]);
    },
  };
}
