import { inEnglish, sentence, written } from "@/lib/sentence";
import { deliverSigned } from "@/lib/webhooks/deliver-signed";
import type { Mail } from "@/lib/mail/mail-transport";
import { sendMail } from "@/lib/mail/send-mail";
import type { ChannelSecrets } from "./channel-secrets";
import { subjectOf, textOf, type NoticeContent } from "./notice";

/** What came of one attempt, in a few words for the one who set the channel up; nothing secret. */
export type Attempt = { isSent: true; outcome: string } | { isSent: false; outcome: string; isFinal: boolean };

const ATTEMPT_TIMEOUT_MS = 10_000;

/** One attempt to tell a channel; never throws. A notice may arrive twice: its id is the same then. */
export async function sendNotice(
  notice: { id: string; content: NoticeContent },
  { target, signingSecret }: ChannelSecrets,
  mail: Mail | null,
): Promise<Attempt> {
  switch (target.kind) {
    case "webhook":
      return post(target.url, { id: notice.id, body: webhookBody(notice.content), secret: signingSecret });
    case "slack":
      return post(target.url, {
        id: notice.id,
        body: JSON.stringify({ text: slackText(notice.content) }),
        secret: null,
      });
    case "email":
      return mail
        ? toAddresses(notice, target.addresses, mail)
        : { isSent: false, outcome: written("The worker has no SMTP_URL, so it sends no e-mail."), isFinal: true };
  }
}

const webhookBody = ({ event, ...data }: NoticeContent): string =>
  JSON.stringify({ type: `alert.${event}`, timestamp: data.at, data });

/** What a receiver refuses for good it refuses again; what is busy, broken or away may recover. */
const isRefusal = (status: number): boolean => status < 500 && ![408, 425, 429].includes(status);

async function post(url: string, told: { id: string; body: string; secret: string | null }): Promise<Attempt> {
  const secrets = told.secret === null ? [] : [told.secret];
  const event = { eventId: told.id, body: told.body };
  const attempt = await deliverSigned({ url, secrets, event }, { timeoutMs: ATTEMPT_TIMEOUT_MS });
  if (attempt.outcome === "delivered")
    return { isSent: true, outcome: inEnglish(sentence("Answered {status}.", { status: attempt.status })) };
  const isFinal = attempt.outcome === "refused" && isRefusal(attempt.status);
  return { isSent: false, outcome: attempt.reason, isFinal };
}

/** https://api.slack.com/reference/surfaces/formatting#escaping */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const slackText = (content: NoticeContent): string => {
  const [, ...lines] = textOf({ ...content, url: null }).split("\n");
  const link = content.url ? `\n<${content.url}|Open the alert>` : "";
  return `*${escaped(subjectOf(content))}*\n${escaped(lines.join("\n"))}${link}`;
};

async function toAddresses(
  { id, content }: { id: string; content: NoticeContent },
  addresses: readonly string[],
  mail: Mail,
): Promise<Attempt> {
  const attempt = await sendMail(mail, {
    to: [...addresses],
    subject: subjectOf(content),
    text: textOf(content),
    messageId: `<${id}@liveconnect>`,
    // Mail readers show one alert as one conversation.
    ...(content.alertId ? { references: `<${content.alertId}@liveconnect>` } : {}),
  });
  if (!attempt.isSent) return attempt;
  const { refused } = attempt;
  const outcome =
    refused > 0 ? sentence("Accepted for all but {refused} of the addresses.", { refused }) : sentence("Accepted.");
  return { isSent: true, outcome: inEnglish(outcome) };
}
