import { z } from "zod";
import { addJob } from "@/lib/queue/add-job";
import type { TransactionContext } from "@/lib/rbac/context";

/** Name of the queue's task that mails one notice. */
export const TELL_OWNER_TASK = "operators:tell";

/** What may happen to how someone comes in, of which they are told. */
export const CREDENTIAL_CHANGES = [
  "passwordSet",
  "passwordChanged",
  "factorOn",
  "factorOff",
  "factorTaken",
  "recoveryCodesRenewed",
  "recoveryCodeUsed",
] as const;

/** What the queue keeps of a notice: no name, no address of mail, nothing secret. */
export const ownerNoticeSchema = z.object({
  operatorId: z.uuid(),
  change: z.enum(CREDENTIAL_CHANGES),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** Where the change came from; null when it is not known. */
  address: z.string().nullable(),
});
export type OwnerNotice = z.output<typeof ownerNoticeSchema>;

/**
 * Part of a write verb: has the owner of an account told by mail what became of how they come in, whoever did it. It is sent if and only
 * if the change commits.
 */
export function tellOwner(
  ctx: TransactionContext,
  { operatorId, change }: Pick<OwnerNotice, "operatorId" | "change">,
): Promise<void> {
  const payload: OwnerNotice = { operatorId, change, at: ctx.now().toISOString(), address: ctx.fromAddress };
  return addJob(ctx.tx, { task: TELL_OWNER_TASK, payload });
}
