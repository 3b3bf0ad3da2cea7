import { letterOf } from "@/i18n/letter";
import { AppError } from "@/lib/errors";
import type { Mail } from "@/lib/mail/mail-transport";
import { sendMail } from "@/lib/mail/send-mail";
import type { Context } from "@/lib/rbac/context";
import { sentence, type Sentence } from "@/lib/sentence";
import type { OwnerNotice } from "./tell-owner";

/**
 * Mails one notice to the owner of an account, in every language. Without a mail server, and for practice accounts, nobody is told.
 * Throws UNAVAILABLE when the queue should try again later; what the server refuses for good is logged and left.
 */
export async function deliverOwnerNotice(
  ctx: Context,
  { notice, mail, consoleUrl }: { notice: OwnerNotice; mail: Mail | null; consoleUrl: string | null },
): Promise<void> {
  const { operatorId } = notice;
  const owner = await ctx.db.prisma.operator.findUnique({ where: { id: operatorId } });
  if (!mail || !owner || owner.practice) return;
  const { subject, text } = await ownerLetter(notice, { name: owner.name, consoleUrl });
  const attempt = await sendMail(mail, {
    to: { name: owner.name, address: owner.email },
    subject: `LiveConnect: ${subject}`,
    text,
  });
  if (attempt.isSent) return;
  const { outcome, isFinal } = attempt;
  if (!isFinal)
    throw new AppError("UNAVAILABLE", sentence("The owner of an account was not told: {outcome}", { outcome }));
  ctx.log.warn({ operatorId, change: notice.change, outcome }, "the owner of an account could not be told");
}

function ownerLetter(
  { change, at, address }: OwnerNotice,
  { name, consoleUrl }: { name: string; consoleUrl: string | null },
) {
  const { subject, told } = WORDS[change];
  const time = `${at.slice(0, 16).replace("T", " ")} UTC`;
  return letterOf({
    subject,
    lines: [
      sentence("Hello {name},", { name }),
      "",
      address === null
        ? sentence("{change} ({time}).", { change: told, time })
        : sentence("{change} ({time}, from {address}).", { change: told, time, address }),
      sentence("If this was not you or agreed with you, tell an administrator now and look at your sessions:"),
      ...(consoleUrl ? [new URL("/account", consoleUrl).href] : []),
    ],
  });
}

const WORDS: Record<OwnerNotice["change"], { subject: Sentence; told: Sentence }> = {
  passwordSet: {
    subject: sentence("your password was set"),
    told: sentence("The password of your account was set by a link"),
  },
  passwordChanged: {
    subject: sentence("your password was changed"),
    told: sentence("The password of your account was changed"),
  },
  factorOn: {
    subject: sentence("your second factor is on"),
    told: sentence("A second factor of your account was turned on"),
  },
  factorOff: {
    subject: sentence("your second factor is off"),
    told: sentence("The second factor of your account was turned off"),
  },
  factorTaken: {
    subject: sentence("your second factor was taken away"),
    told: sentence("An administrator took away the second factor of your account"),
  },
  recoveryCodesRenewed: {
    subject: sentence("you have new recovery codes"),
    told: sentence("New recovery codes of your account were made"),
  },
  recoveryCodeUsed: {
    subject: sentence("a recovery code was used"),
    told: sentence("Somebody signed in to your account with a recovery code"),
  },
};
