import { deliverDue, forgetOldDeliveries, listDueEndpoints } from "@/lib/webhooks/deliver-due";
import type { Context } from "@/lib/rbac/context";
import { repeat } from "./cluster-repeat";

// How late a message may be noticed; one query on a small partial index.
const LOOK_MS = 500;
const FORGET_MS = 10 * 60_000;

export interface WebhookKeeper {
  /** Settles when nothing is being sent any more. */
  close: () => Promise<void>;
}

/**
 * Delivers outgoing webhooks: each endpoint by itself, one message at a time, so that a slow receiver delays nobody else. Not jobs of
 * the queue, where a receiver that hangs would hold the places of log ingests and a crash would hold a message for hours.
 */
export function startWebhookKeeper({ context }: { context: () => Context }): WebhookKeeper {
  const { db, log } = context();
  const stop = new AbortController();
  const { signal } = stop;
  const busy = new Map<string, Promise<void>>();

  const deliver = async (endpointId: string): Promise<void> => {
    try {
      const { delivered, failed } = await deliverDue(context(), { endpointId, signal });
      if (failed > 0)
        log.warn({ endpointId, delivered, failed }, "some webhooks were not delivered; they are tried again");
    } catch (error) {
      log.error({ err: error, endpointId }, "webhooks could not be delivered; they are tried again");
    } finally {
      busy.delete(endpointId);
    }
  };
  const looking = repeat({
    everyMs: LOOK_MS,
    signal,
    work: async () => {
      for (const endpointId of await listDueEndpoints(db.pool))
        if (!busy.has(endpointId) && !signal.aborted) busy.set(endpointId, deliver(endpointId));
    },
    onError: (error) => log.error({ err: error }, "due webhooks could not be read; tried again"),
  });
  const forgetting = repeat({
    everyMs: FORGET_MS,
    signal,
    work: async () => void (await forgetOldDeliveries(db.pool)),
    onError: (error) => log.error({ err: error }, "old webhooks could not be removed; tried again"),
  });
  return {
    close: async () => {
      stop.abort();
      await Promise.all([looking, forgetting, ...busy.values()]);
    },
  };
}
