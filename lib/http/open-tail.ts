import { z } from "zod";
import { AppError } from "@/lib/errors";
import { readEnv } from "@/lib/env/read-env";
import type { Context } from "@/lib/rbac/context";
import { onceInProcess } from "./in-process";
import { isStillAllowed } from "./still-allowed";

const tailEnv = z.object({
  /** Where the publisher answers the console. */
  PUBLISHER_URL: z.url().default("http://127.0.0.1:3100"),
});
const publisherUrl = (): string => onceInProcess("publisher-url", () => readEnv(tailEnv)).PUBLISHER_URL;

// As the event streams do: closed within 30 s of a revocation.
const RECHECK_MS = 20_000;

/** A ticket's tail as the publisher streams it, for as long as the operator may have it. Throws UNAVAILABLE without a publisher. */
export async function openTail(of: { ctx: Context; request: Request; ticket: string }): Promise<Response> {
  const ended = new AbortController();
  const recheck = setInterval(async () => {
    if (!(await isStillAllowed(of.ctx, of.request))) ended.abort();
  }, RECHECK_MS);
  const stop = (): void => {
    clearInterval(recheck);
    ended.abort();
  };
  of.request.signal.addEventListener("abort", stop, { once: true });
  const answered = await ask(of.ticket, ended.signal);
  if (answered?.ok && answered.body)
    return new Response(answered.body.pipeThrough(new TransformStream({ flush: stop })), {
      headers: {
        "content-type": "application/x-ndjson",
        // no-transform: compression would hold messages back. x-accel-buffering: so would nginx.
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  stop();
  if (answered?.status === 429)
    throw new AppError("LIMIT", "Too many topic filters are watched already. Try again later.", {
      retryAfterSeconds: 60,
    });
  throw new AppError("UNAVAILABLE", "No publisher answered, so nothing can be watched now. Try again in a moment.");
}

async function ask(ticket: string, signal: AbortSignal): Promise<Response | null> {
  try {
    return await fetch(`${publisherUrl()}/tails`, {
      method: "POST",
      headers: { authorization: `Bearer ${ticket}` },
      cache: "no-store",
      signal,
    });
  } catch {
    // Refused or unreachable: said by the caller.
    return null;
  }
}
