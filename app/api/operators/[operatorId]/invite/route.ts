import { sendInvite } from "@/lib/http/console-mail";
import { route } from "@/lib/http/route";
import { renewInvite } from "@/lib/operators/invite";

/** A new link to set a password. */
export const POST = route<{ operatorId: string }>(async ({ ctx, params }) =>
  sendInvite(await renewInvite(ctx, params)),
);
