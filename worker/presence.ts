import { createVernemq } from "@/lib/broker/vernemq";
import type { BrokerNode } from "@/lib/env/broker-nodes";
import { answerDoubts } from "@/lib/presence/answer-doubts";
import { createAskClient } from "@/lib/presence/ask-client";
import { databaseNowUs } from "@/lib/presence/database-clock";
import type { Context } from "@/lib/rbac/context";
import { repeat } from "./cluster-repeat";

const DOUBTS_EVERY_MS = 1_000;
// What can be asked in about the time of one turn, at up to 100 ms a question and 4 at once; the rest waits for the next.
const MOST_DOUBTS = 100;

export interface PresenceKeeper {
  /** Settles when nothing of it runs any more. */
  close: () => Promise<void>;
}

/** Keeps presence true where the hooks alone do not: asks the broker about every doubt, each second those that are due. */
export function startPresenceKeeper(parts: {
  /** A context of this process; made anew for each turn. */
  context: () => Context;
  nodes: readonly BrokerNode[];
  brokerApiKey: string;
}): PresenceKeeper {
  const { context } = parts;
  const { db, log } = context();
  const stop = new AbortController();
  const { signal } = stop;
  const ask = createAskClient({
    broker: createVernemq({ apiKey: parts.brokerApiKey }),
    nodes: parts.nodes.filter((node) => node.role === "subscriber"),
    databaseNowUs: databaseNowUs(db.pool),
    nowMs: () => performance.now(),
    log,
  });
  const running = repeat({
    everyMs: DOUBTS_EVERY_MS,
    signal,
    work: async () => {
      const { asked, corrected, dropped } = await answerDoubts(context(), { ask, most: MOST_DOUBTS });
      if (corrected + dropped > 0) log.info({ asked, corrected, dropped }, "doubts about presence were answered");
    },
    onError: (error) => log.error({ err: error }, "doubts could not be answered; they are tried again"),
  });
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
