import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { Alert } from "@/lib/db/generated/client";
import type { TransactionContext } from "@/lib/rbac/context";

/** Keeps the evaluation out until this transaction ends, so that it never writes over what an operator does. */
export async function holdEvaluation(ctx: TransactionContext): Promise<void> {
  await ctx.tx.$queryRaw`select one from alert_clock for update`;
}

/** The alert, while nobody else changes it; throws NOT_FOUND, or CONFLICT when it is resolved. */
export async function lockUnresolved(ctx: TransactionContext, alertId: string): Promise<Alert> {
  await holdEvaluation(ctx);
  const alert = await ctx.tx.alert.findUnique({ where: { id: alertId } });
  if (!alert) throw new AppError("NOT_FOUND", sentence("There is no alert {alertId}.", { alertId }));
  if (alert.status === "resolved") throw new AppError("CONFLICT", "This alert is resolved already.");
  return alert;
}
