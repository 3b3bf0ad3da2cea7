import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { can } from "@/lib/rbac/actor";
import { CARD_SQL, toCard, type CardRow, type LogRequestCard } from "./log-request-card";
import { logRequestIdSchema } from "./schemas";

/** One step of a request's life. */
export interface LogRequestStep {
  at: string;
  state: string;
  /** An operator, a process of ours, or the client itself. */
  actorName: string;
  cause: string;
  /** What is to be said beside it, by the phone's word; only ever shown as text. */
  note: string | null;
}

export interface LogRequestLife extends LogRequestCard {
  /** Oldest first. */
  steps: LogRequestStep[];
  /** Whether this actor may read the log's contents. */
  mayReadLog: boolean;
}

/** One request with its life so far, not its contents. Throws NOT_FOUND. */
export const getLogRequest = readVerb({
  permission: "diagnostics.read",
  input: logRequestIdSchema,
  work: async (ctx, { logRequestId }): Promise<LogRequestLife> => {
    const found = await ctx.db.pool.query<CardRow>(`${CARD_SQL} where r.id = $1`, [logRequestId]);
    const row = found.rows[0];
    if (!row) throw new AppError("NOT_FOUND", "There is no such log request. It may have been removed by age.");
    const steps = await ctx.db.pool.query<{
      at: Date;
      state: string;
      actor_name: string;
      cause: string;
      note: string | null;
    }>(
      "select at, state, actor_name, cause, note from log_request_changes where log_request_id = $1 order by id limit 200",
      [logRequestId],
    );
    return {
      ...toCard(row),
      steps: steps.rows.map((step) => ({
        at: step.at.toISOString(),
        state: step.state,
        actorName: step.actor_name,
        cause: step.cause,
        note: step.note,
      })),
      mayReadLog: can(ctx.actor, "diagnostics.readLog"),
    };
  },
});
