import { requestContext } from "@/lib/auth/request-context";
import { AppError } from "@/lib/errors";
import { consoleEvents } from "@/lib/http/console-events";
import { route } from "@/lib/http/route";
import { can } from "@/lib/rbac/actor";

export const dynamic = "force-dynamic";

/** What changes, as server-sent events, to whoever may read it. */
export const GET = route(async ({ ctx, request }) => {
  const stream = consoleEvents().subscribe({
    operatorId: ctx.actor.id,
    may: (permission) => can(ctx.actor, permission),
    stillAllowed: async () => {
      try {
        const { actor } = await requestContext(request, ctx.requestId);
        // A role that lost something ends the stream; the browser comes back with the permissions of now.
        return ctx.actor.permissions.every((permission) => can(actor, permission));
      } catch (error) {
        // The database does not answer: nothing can be told meanwhile either. Only a known ending ends it.
        return !(error instanceof AppError && error.code === "UNAUTHENTICATED");
      }
    },
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
