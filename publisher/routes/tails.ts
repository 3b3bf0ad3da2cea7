import type { FastifyInstance } from "fastify";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { TailLine } from "@/lib/publish/schemas";
import { readTailTicket, type TailTicket } from "@/lib/publish/tail-topics";

/** Hears a ticket's messages until the returned function is called. */
export type Tail = (ticket: TailTicket, tell: (line: TailLine) => void) => () => void;

// Each is a connection to the broker.
const MOST_TAILS = 20;
// A reader that is slower than this misses messages; they are not kept for it.
const MOST_UNREAD_BYTES = 1024 * 1024;

/** `POST /tails`, for the console alone: what is published within the filter of its ticket, a line of JSON each. */
export function tailRoutes(app: FastifyInstance, { tail, nowMs }: { tail: Tail; nowMs: () => number }): void {
  const open = new Set<() => void>();
  app.addHook("onClose", async () => {
    for (const end of open) end();
  });
  app.post("/tails", async (request, reply) => {
    const [, given = ""] = (request.headers.authorization ?? "").split(" ");
    const ticket = readTailTicket(given, nowMs());
    if (open.size >= MOST_TAILS)
      throw new AppError(
        "LIMIT",
        sentence("{most} topic filters are watched already. Try again later.", { most: MOST_TAILS }),
        { retryAfterSeconds: 60 },
      );
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
    const end = tail(ticket, (line) => {
      if (raw.writableLength < MOST_UNREAD_BYTES) raw.write(`${JSON.stringify(line)}\n`);
      if (line.kind === "ended") raw.end();
    });
    const close = (): void => {
      end();
      raw.end();
    };
    open.add(close);
    raw.once("close", () => {
      open.delete(close);
      end();
    });
  });
}
