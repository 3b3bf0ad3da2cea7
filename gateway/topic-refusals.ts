import type { CountedTopicRefusal } from "@/lib/access/write-topic-refusals";
import type { Log } from "@/lib/log/log";

/** What clients asked for and were refused, gathered for the client page. */
export interface TopicRefusals {
  add: (refusal: Omit<CountedTopicRefusal, "times">) => void;
  /** Writes what is gathered, once more. */
  close: () => Promise<void>;
}

const FLUSH_MS = 2_000;
// A phone that asks for made-up topics must not fill our memory or the table: what is more within two seconds is counted in the metrics only.
const MOST_GATHERED = 2_000;
const MOST_OF_A_CLIENT = 20;

/** Gathered by client, action and topic, written every two seconds; what cannot be written is dropped, as it is told for help and decides nothing. */
export function createTopicRefusals(parts: {
  write: (refusals: readonly CountedTopicRefusal[]) => Promise<void>;
  log: Log;
}): TopicRefusals {
  let gathered = new Map<string, CountedTopicRefusal>();
  let ofClient = new Map<string, number>();
  let writing: Promise<void> | null = null;

  const flush = async (): Promise<void> => {
    const refusals = [...gathered.values()];
    gathered = new Map();
    ofClient = new Map();
    try {
      await parts.write(refusals);
    } catch (error) {
      parts.log.warn(
        { err: error, refusals: refusals.length },
        "refused topics could not be written; they are dropped",
      );
    }
    writing = null;
  };
  const timer = setInterval(() => {
    if (gathered.size > 0) writing ??= flush();
  }, FLUSH_MS);

  return {
    add: (refusal) => {
      const key = `${refusal.clientId} ${refusal.action} ${refusal.topic}`;
      const known = gathered.get(key);
      if (known) return void (known.times += 1);
      const own = (ofClient.get(refusal.clientId) ?? 0) + 1;
      if (gathered.size >= MOST_GATHERED || own > MOST_OF_A_CLIENT) return;
      ofClient.set(refusal.clientId, own);
      gathered.set(key, { ...refusal, times: 1 });
    },
    close: async () => {
      clearInterval(timer);
      await writing;
      await flush();
    },
  };
}
