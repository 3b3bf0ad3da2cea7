import type { Mail } from "@/lib/mail/mail-transport";
import { deliverOwnerNotice } from "@/lib/operators/deliver-owner-notice";
import { ownerNoticeSchema, TELL_OWNER_TASK } from "@/lib/operators/tell-owner";
import type { Task } from "@/lib/queue/run-queue";
import type { Context } from "@/lib/rbac/context";

/** The job that tells an operator what became of how they come in. */
export const operatorTasks = ({
  context,
  mail,
  consoleUrl,
}: {
  context: () => Context;
  mail: Mail | null;
  consoleUrl: string | null;
}): Record<string, Task> => ({
  [TELL_OWNER_TASK]: ({ payload }) =>
    deliverOwnerNotice(context(), { notice: ownerNoticeSchema.parse(payload), mail, consoleUrl }),
});
