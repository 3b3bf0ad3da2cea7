import { z } from "zod";
import { letterOf } from "@/i18n/letter";
import { SET_PASSWORD_PATH } from "@/lib/auth/session-rules";
import { readEnv } from "@/lib/env/read-env";
import { mailTransport } from "@/lib/mail/mail-transport";
import type { Invited } from "@/lib/operators/invite";
import { sentence } from "@/lib/sentence";
import { consoleLog } from "./console-database";
import { consoleEnv } from "./console-env";
import { onceInProcess } from "./in-process";

const mailEnv = z.object({
  SMTP_URL: z.url().optional(),
  MAIL_FROM: z.string().default("LiveConnect <liveconnect@localhost>"),
});
const readMailEnv = () => onceInProcess("mail-env", () => readEnv(mailEnv));

/** An invitation as it went out: by mail, or as a link for whoever invited to hand on, once. */
export interface SentInvite {
  operatorId: string;
  /** Null when it went by mail. */
  link: string | null;
  /** ISO 8601, UTC. */
  until: string;
  /** True when mail was to be sent and could not. */
  mailFailed: boolean;
}

/** Hands on the link by which someone sets their password. The token stands behind `#`, so that no server and no log sees it. */
export async function sendInvite({ operatorId, email, name, token, until }: Invited): Promise<SentInvite> {
  const { SMTP_URL: smtpUrl, MAIL_FROM: from } = readMailEnv();
  const link = new URL(`${SET_PASSWORD_PATH}#${token}`, consoleEnv().NEXTAUTH_URL).href;
  const shown = { operatorId, link, until, mailFailed: false };
  if (!smtpUrl) return shown;
  const transport = mailTransport({ smtpUrl });
  try {
    await transport.sendMail({ from, to: { name, address: email }, ...(await invitation({ name, link, until })) });
    return { ...shown, link: null };
  } catch (error) {
    // The account is made; the link is shown instead.
    consoleLog().warn({ err: error }, "an invitation could not be mailed");
    return { ...shown, mailFailed: true };
  } finally {
    transport.close();
  }
}

function invitation({ name, link, until }: { name: string; link: string; until: string }) {
  const time = `${until.slice(0, 16).replace("T", " ")} UTC`;
  return letterOf({
    subject: sentence("Your LiveConnect account"),
    lines: [
      sentence("Hello {name},", { name }),
      "",
      sentence("set your password for LiveConnect Console here; the link works once:"),
      link,
      "",
      sentence("It holds until {time}. If you did not expect this, do nothing.", { time }),
    ],
  });
}
