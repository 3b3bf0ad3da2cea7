import { requestContext } from "@/lib/auth/request-context";
import { AppError } from "@/lib/errors";
import { can } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";

/**
 * Whether who opened a stream may still have it: signed in, and with every permission they had. A database that does not answer ends
 * nothing: only a known ending does. Never rejects.
 */
export async function isStillAllowed(ctx: Context, request: Request): Promise<boolean> {
  try {
    const { actor } = await requestContext(request, ctx.requestId);
    // A role that lost something ends the stream; the browser comes back with the permissions of now.
    return ctx.actor.permissions.every((permission) => can(actor, permission));
  } catch (error) {
    return !(error instanceof AppError && error.code === "UNAUTHENTICATED");
  }
}
