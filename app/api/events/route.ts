import { AppError } from "@/lib/errors";
import { consoleEvents } from "@/lib/http/console-events";
import { route } from "@/lib/http/route";
import { isStillAllowed } from "@/lib/http/still-allowed";
import { can } from "@/lib/rbac/actor";

export const dynamic = "force-dynamic";

/** What changes, as server-sent events, to whoever may read it. */
export const GET = route(async ({ ctx, request }) => {
  const stream = consoleEvents().subscribe({
    operatorId: ctx.actor.id,
    may: (permission) => can(ctx.actor, permission),
    stillAllowed: () => isStillAllowed(ctx, request),
    signal: request.signal,
  });
  if (!stream) throw new AppError("LIMIT", "Too many pages are open at once. Close some.", { retryAfterSeconds: 30 });
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // no-transform: compression would hold events back. x-accel-buffering: so would nginx.
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
});
