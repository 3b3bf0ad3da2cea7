import { z } from "zod";
import { applyDeviceEvents } from "@/lib/diagnostics/apply-device-events";
import {
  applyMissedEvents,
  expireLogRequests,
  findLostUploads,
  listAnsweredRequests,
} from "@/lib/diagnostics/catch-up";
import { isLogEvent } from "@/lib/diagnostics/device-event";
import { dispatchLogRequests } from "@/lib/diagnostics/dispatch-log-requests";
import { ingestLog } from "@/lib/diagnostics/ingest-log";
import type { LiveEvent } from "@/lib/events/schemas";
import type { Task } from "@/lib/queue/run-queue";
import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { gather } from "./gather";

export interface DiagnosticsParts {
  /** A context of this process; made anew for each piece of work, so that each has a request id. */
  context: () => Context;
  store: ObjectStore;
}

// Clients of one node that came back at once; the clock takes the rest within a minute.
const MOST_WAITING = 20_000;

const dispatchPayload = z.object({ clientIds: z.array(z.string()) });
const ingestPayload = z.object({ logRequestId: z.uuid() });
const discardPayload = z.object({ uploadKey: z.string().startsWith("uploads/") });

/** Log requests' jobs, by task name. */
export const diagnosticsTasks = ({ context, store }: DiagnosticsParts): Record<string, Task> => ({
  "diagnostics:dispatch": async ({ payload }) => {
    await dispatchLogRequests(context(), dispatchPayload.parse(payload));
  },
  "diagnostics:ingest": async ({ payload, isLastAttempt }) => {
    await ingestLog(context(), { store, isLastAttempt, ...ingestPayload.parse(payload) });
  },
  "diagnostics:discardUpload": async ({ payload }) => {
    await store.delete(discardPayload.parse(payload).uploadKey);
  },
  "diagnostics:catchUp": async () => {
    await expireLogRequests(context());
    await catchUp({ context, store });
    await findLostUploads(context(), store);
  },
});

/** What the clock does for log requests. */
export const DIAGNOSTICS_SCHEDULE = ["* * * * * diagnostics:catchUp ?max=1"];

/** Does what notifications that were missed would have led to. */
async function catchUp({ context, store }: DiagnosticsParts): Promise<void> {
  await dispatchLogRequests(context());
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
    work: async (clientIds) => void (await dispatchLogRequests(context(), { clientIds })),
    log,
  });
  const answers = gather<number>({
    what: "acting on devices' answers",
    most: MOST_WAITING,
    work: async (ids) => {
      for (const id of await listAnsweredRequests(context(), ids)) await applyDeviceEvents(context(), store, id);
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
