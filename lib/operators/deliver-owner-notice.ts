import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { Mail } from "@/lib/mail/mail-transport";
import { sendMail } from "@/lib/mail/send-mail";
import type { Context } from "@/lib/rbac/context";
import type { OwnerNotice } from "./tell-owner";

/**
 * Mails one notice to the owner of an account, in both languages, as theirs is known to their browser alone. Without a mail server, and
 * for practice accounts, nobody is told. Throws UNAVAILABLE when the queue should try again later; what the server refuses for good is
 * logged and left.
 */
export async function deliverOwnerNotice(
  ctx: Context,
  { notice, mail, consoleUrl }: { notice: OwnerNotice; mail: Mail | null; consoleUrl: string | null },
): Promise<void> {
  const { operatorId } = notice;
  const owner = await ctx.db.prisma.operator.findUnique({ where: { id: operatorId } });
  if (!mail || !owner || owner.practice) return;
  const attempt = await sendMail(mail, {
    to: { name: owner.name, address: owner.email },
    subject: `LiveConnect: ${WORDS[notice.change].en.subject} / ${WORDS[notice.change].id.subject}`,
    text: textOf(notice, { name: owner.name, consoleUrl }),
  });
  if (attempt.isSent) return;
  const { outcome, isFinal } = attempt;
  if (!isFinal)
    throw new AppError("UNAVAILABLE", sentence("The owner of an account was not told: {outcome}", { outcome }));
  ctx.log.warn({ operatorId, change: notice.change, outcome }, "the owner of an account could not be told");
}

function textOf(
  { change, at, address }: OwnerNotice,
  { name, consoleUrl }: { name: string; consoleUrl: string | null },
): string {
  const time = `${at.slice(0, 16).replace("T", " ")} UTC`;
  const link = consoleUrl ? [new URL("/account", consoleUrl).href] : [];
  const { en, id } = WORDS[change];
  return [
    `Hello ${name},`,
    "",
    `${en.sentence} (${time}${address ? `, from ${address}` : ""}).`,
    "If this was not you or agreed with you, tell an administrator now and look at your sessions:",
    ...link,
    "",
    "--",
    "",
    `Halo ${name},`,
    "",
    `${id.sentence} (${time}${address ? `, dari ${address}` : ""}).`,
    "Jika bukan Anda yang melakukannya atau menyetujuinya, segera beri tahu administrator dan periksa sesi Anda:",
    ...link,
  ].join("\n");
}

interface Words {
  subject: string;
  sentence: string;
}

const WORDS: Record<OwnerNotice["change"], { en: Words; id: Words }> = {
  passwordSet: {
    en: { subject: "your password was set", sentence: "The password of your account was set by a link" },
    id: { subject: "kata sandi Anda dibuat", sentence: "Kata sandi akun Anda dibuat lewat sebuah tautan" },
  },
  passwordChanged: {
    en: { subject: "your password was changed", sentence: "The password of your account was changed" },
    id: { subject: "kata sandi Anda diganti", sentence: "Kata sandi akun Anda diganti" },
  },
  factorOn: {
    en: { subject: "your second factor is on", sentence: "A second factor of your account was turned on" },
    id: { subject: "faktor kedua Anda aktif", sentence: "Faktor kedua akun Anda diaktifkan" },
  },
  factorOff: {
    en: { subject: "your second factor is off", sentence: "The second factor of your account was turned off" },
    id: { subject: "faktor kedua Anda mati", sentence: "Faktor kedua akun Anda dimatikan" },
  },
  factorTaken: {
    en: {
      subject: "your second factor was taken away",
      sentence: "An administrator took away the second factor of your account",
    },
    id: { subject: "faktor kedua Anda dicabut", sentence: "Seorang administrator mencabut faktor kedua akun Anda" },
  },
  recoveryCodesRenewed: {
    en: { subject: "you have new recovery codes", sentence: "New recovery codes of your account were made" },
    id: { subject: "kode pemulihan Anda baru", sentence: "Kode pemulihan baru untuk akun Anda dibuat" },
  },
  recoveryCodeUsed: {
    en: { subject: "a recovery code was used", sentence: "Somebody signed in to your account with a recovery code" },
    id: { subject: "kode pemulihan dipakai", sentence: "Seseorang masuk ke akun Anda dengan kode pemulihan" },
  },
};
