import { request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { Webhook } from "standardwebhooks";
import { inEnglish, keptSentence, sentence, type Sentence } from "@/lib/sentence";
import { allowedHosts, lookupOf, targetFault } from "./target";

/** A message as it is signed and sent: its id stays the same however often it is sent, so that a receiver can tell. */
export interface SignedEvent {
  eventId: string;
  /** JSON. Exactly these bytes are signed. */
  body: string;
}

/** What one attempt came to. `failed`: no answer was had. Reasons are sentences for an operator and hold no secret. */
export type DeliveryAttempt =
  | { outcome: "delivered"; status: number; tookMs: number }
  | { outcome: "refused"; status: number; reason: string; tookMs: number }
  | { outcome: "failed"; reason: string; tookMs: number };

// Standard Webhooks advises 15 to 30 s; a receiver that queues what it gets answers in far less.
const TIMEOUT_MS = 15_000;

/**
 * Sends one message, signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`), once. Delivered
 * is 2xx; a redirect is not followed and counts as refused. `secrets`: one, or two while a receiver changes over: the first is the
 * newest; none for a receiver that cannot check them. Never throws; what may not be sent to (target.ts) is a failure like another.
 */
export async function deliverSigned(
  { url, secrets, event }: { url: string; secrets: readonly string[]; event: SignedEvent },
  { timeoutMs = TIMEOUT_MS, allowed = allowedHosts(), now = () => new Date() }: DeliveryOptions = {},
): Promise<DeliveryAttempt> {
  const startedMs = performance.now();
  const tookMs = (): number => Math.round(performance.now() - startedMs);
  const fault = targetFault(url, allowed);
  if (fault !== null) return { outcome: "failed", reason: inEnglish(fault), tookMs: tookMs() };
  try {
    const at = now();
    const signatures = secrets.map((secret) => new Webhook(secret).sign(event.eventId, at, event.body));
    const headers = {
      "content-type": "application/json",
      "user-agent": "LiveConnect-Webhooks/1",
      "webhook-id": event.eventId,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      ...(signatures.length > 0 ? { "webhook-signature": signatures.join(" ") } : {}),
    };
    const status = await post(new URL(url), { headers, body: event.body, timeoutMs, allowed });
    if (status >= 200 && status < 300) return { outcome: "delivered", status, tookMs: tookMs() };
    const reason =
      status >= 300 && status < 400
        ? sentence("Redirects are not followed.")
        : sentence("Answered {status}.", { status });
    return { outcome: "refused", status, reason: inEnglish(reason), tookMs: tookMs() };
  } catch (error) {
    return { outcome: "failed", reason: inEnglish(reasonOf(error, timeoutMs)), tookMs: tookMs() };
  }
}

export interface DeliveryOptions {
  timeoutMs?: number;
  /** Hosts that may be plain http and have any address. */
  allowed?: readonly string[];
  now?: () => Date;
}

/** The status of the answer; its body is not read. One connection a message: receivers are few and messages gathered. */
function post(
  url: URL,
  given: { headers: Record<string, string>; body: string; timeoutMs: number; allowed: readonly string[] },
): Promise<number> {
  const lookup = lookupOf(url, given.allowed);
  const options: RequestOptions = {
    method: "POST",
    agent: false,
    headers: { ...given.headers, "content-length": Buffer.byteLength(given.body) },
    signal: AbortSignal.timeout(given.timeoutMs),
    ...(lookup ? { lookup } : {}),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, options, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.on("error", reject);
    request.end(given.body);
  });
}

function reasonOf(error: unknown, timeoutMs: number): Sentence {
  if (!(error instanceof Error)) return sentence("It could not be sent.");
  if (error.name === "AbortError" || error.name === "TimeoutError")
    return sentence("No answer within {seconds} s.", { seconds: timeoutMs / 1_000 });
  const code = "code" in error ? String(error.code) : "";
  if (code === "ENOTPUBLIC") return keptSentence(error.message);
  if (code === "ECONNREFUSED") return sentence("Nobody listens there (connection refused).");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return sentence("The name of the host is not found.");
  if (code === "ECONNRESET" || code === "EPIPE") return sentence("The connection broke before an answer.");
  if (/CERT|SELF_SIGNED|TLS|SSL/.test(code)) return sentence("Its certificate is not accepted ({code}).", { code });
  return code === "" ? sentence("It could not be sent.") : sentence("It could not be sent ({code}).", { code });
}
