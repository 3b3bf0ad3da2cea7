import type { SendMailOptions } from "nodemailer";
import { inEnglish, sentence } from "@/lib/sentence";
import { mailTransport, type Mail } from "./mail-transport";

/** What came of one attempt; `isFinal`: the server refused it for good, and would again. */
export type MailAttempt = { isSent: true; refused: number } | { isSent: false; outcome: string; isFinal: boolean };

/** One attempt to send a mail that nobody wrote by hand, bounded in time; never throws. `refused` counts recipients it was not taken for. */
export async function sendMail({ smtpUrl, from }: Mail, mail: Omit<SendMailOptions, "from">): Promise<MailAttempt> {
  const transport = mailTransport({ smtpUrl });
  try {
    // [RFC 3834, 5]: so that nobody's absence note answers.
    const headers = { "Auto-Submitted": "auto-generated" };
    const sent = await transport.sendMail({ from, headers, ...mail });
    return { isSent: true, refused: sent.rejected.length };
  } catch (error) {
    const code = responseCodeOf(error);
    // RFC 5321 §4.2.1: 5yz is a permanent refusal.
    if (code !== null)
      return {
        isSent: false,
        outcome: inEnglish(sentence("The mail server answered {code}.", { code })),
        isFinal: code >= 500,
      };
    return { isSent: false, outcome: reasonOf(error), isFinal: false };
  } finally {
    transport.close();
  }
}

const responseCodeOf = (error: unknown): number | null =>
  error instanceof Error && "responseCode" in error && typeof error.responseCode === "number"
    ? error.responseCode
    : null;

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return inEnglish(
    code
      ? sentence("The mail server cannot be reached ({code}).", { code })
      : sentence("The mail server cannot be reached."),
  );
}
