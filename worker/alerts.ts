import { z } from "zod";
import { deliverNotice } from "@/lib/alerts/deliver-notice";
import { evaluateRules } from "@/lib/alerts/evaluate-rules";
import { DELIVER_TASK } from "@/lib/alerts/queue-notices";
import { seedRules } from "@/lib/alerts/seed-rules";
import type { LiveEvent } from "@/lib/events/schemas";
import type { Mail } from "@/lib/mail/mail-transport";
import type { Task } from "@/lib/queue/run-queue";
import type { Context } from "@/lib/rbac/context";
import { repeat } from "./cluster-repeat";

const EVERY_MS = 5_000;
// A node that changed is judged at once, but a storm of changes is not a storm of evaluations.
const LEAST_SECONDS = 1;

export interface AlertEvaluator {
  /** A node that changed is evaluated now rather than at the next turn. */
  onEvent: (event: LiveEvent) => void;
  close: () => Promise<void>;
}

/**
 * Evaluates the rules every five seconds and right after a node changed; of several workers one does.
 * States: seeding (until the database has the shipped rules) → evaluating; closed is final.
 */
export function startAlertEvaluator(parts: { context: () => Context; consoleUrl: string | null }): AlertEvaluator {
  const { context, consoleUrl } = parts;
  const { db, log } = context();
  const stop = new AbortController();
  let isSeeded = false;
  let atOnce: Promise<void> | null = null;

  const evaluate = async (leastSeconds: number): Promise<void> => {
    if (!isSeeded) await seedRules(db.pool);
    isSeeded = true;
    const evaluation = await evaluateRules(context(), { leastSeconds, consoleUrl });
    if (evaluation && evaluation.opened + evaluation.resolved > 0) log.info(evaluation, "alerts changed");
  };
  const onError = (error: unknown): void => {
    if (!stop.signal.aborted) log.error({ err: error }, "the alert rules could not be evaluated; tried again");
  };
  const evaluating = repeat({
    everyMs: EVERY_MS,
    signal: stop.signal,
    // A little less than the turn, so that one that came early does not skip the next.
    work: () => evaluate((EVERY_MS / 1_000) * 0.8),
    onError,
  });
  return {
    onEvent: (event) => {
      if (event.type !== "cluster.nodeChanged" || stop.signal.aborted) return;
      atOnce ??= evaluate(LEAST_SECONDS)
        .catch(onError)
        .finally(() => {
          atOnce = null;
        });
    },
    close: async () => {
      stop.abort();
      await evaluating;
      await atOnce;
    },
  };
}

const deliverPayload = z.object({ noticeId: z.uuid() });

/** The job that delivers one notice. */
export const alertTasks = (parts: { context: () => Context; mail: Mail | null }): Record<string, Task> => ({
  [DELIVER_TASK]: async ({ payload, isLastAttempt }) => {
    const { noticeId } = deliverPayload.parse(payload);
    await deliverNotice(parts.context(), { noticeId, isLastAttempt, mail: parts.mail });
  },
});
