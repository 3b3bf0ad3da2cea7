import { AppError } from "@/lib/errors";
import { MOST_PEOPLE, parsePerson, putPeople } from "@/lib/people/put-people";
import type { Person } from "@/lib/people/schemas";
import { requirePermission } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";

/**
 * Live updates of people, gathered: what comes in while one batch of a key is being committed leaves as the next, without a timer.
 * States of a key: idle → writing → (more came) writing → idle. Each caller is answered after the commit that holds their person.
 * Trades: one audit row a batch instead of one a person; a batch that fails, fails for all in it.
 */
export interface PeopleBatches {
  /** Throws VALIDATION and FORBIDDEN at once, LIMIT when too many wait. */
  put: (ctx: Context, input: unknown) => Promise<Person>;
}

// A second of the rate that is asked for (5 000/s); who sends more is told to wait.
const MOST_WAITING = 5_000;

interface Waiting {
  person: Person;
  resolve: (person: Person) => void;
  reject: (error: unknown) => void;
}

export function createPeopleBatches(): PeopleBatches {
  const waiting = new Map<string, Waiting[]>();
  let total = 0;

  const run = async (ctx: Context, queue: Waiting[]): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, MOST_PEOPLE);
      try {
        await putPeople(
          ctx,
          batch.map(({ person }) => person),
        );
        for (const { person, resolve } of batch) resolve(person);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      total -= batch.length;
    }
    // in the same turn as the check above, so that nobody can come between
    waiting.delete(ctx.actor.id);
  };

  return {
    put: async (ctx, input) => {
      requirePermission(ctx.actor, "people.write");
      const person = parsePerson(input);
      if (total >= MOST_WAITING)
        throw new AppError("LIMIT", "Too many people wait to be written. Slow down, or import a file.", {
          retryAfterSeconds: 1,
        });
      total += 1;
      return new Promise((resolve, reject) => {
        const one = { person, resolve, reject };
        const queue = waiting.get(ctx.actor.id);
        if (queue) queue.push(one);
        else {
          const started = [one];
          waiting.set(ctx.actor.id, started);
          void run(ctx, started);
        }
      });
    },
  };
}
