import { z } from "zod";
import { DISCARD_TASK } from "@/lib/people/forget-person";
import { clearBrokenImports, runNextImport } from "@/lib/people/import/run-import";
import type { Task } from "@/lib/queue/run-queue";
import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { repeat } from "./cluster-repeat";

// How soon an import begins; one small query.
const LOOK_MS = 2_000;

export interface PeopleKeeper {
  /** Settles when the chunk under way is committed; the rest is another worker's. */
  close: () => Promise<void>;
}

/** Runs the imports of people, one after the other, and clears those whose upload broke off. */
export function startPeopleKeeper({ context }: { context: () => Context }): PeopleKeeper {
  const { log } = context();
  const stop = new AbortController();
  const { signal } = stop;
  const running = repeat({
    everyMs: LOOK_MS,
    signal,
    work: async () => {
      await clearBrokenImports(context());
      while (!signal.aborted && (await runNextImport(context(), signal)));
    },
    onError: (error) => log.error({ err: error }, "a people import stopped; it goes on where it was"),
  });
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

const discardPayload = z.object({ keys: z.array(z.string()) });

/** The people's jobs, by task name. */
export const peopleTasks = ({ store }: { store: ObjectStore }): Record<string, Task> => ({
  [DISCARD_TASK]: async ({ payload }) => {
    for (const key of discardPayload.parse(payload).keys) await store.delete(key);
  },
});
