import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { route } from "@/lib/http/route";
import { cancelSend, decideSend, pauseSend, resumeSend } from "@/lib/publish/sends/change-send";
import { requirePermission } from "@/lib/rbac/actor";

/** What an operator does with a send: pause, resume, cancel; approve or decline another's. */
export const POST = route<{ sendId: string; act: string }>(({ ctx, params: { sendId, act } }) => {
  switch (act) {
    case "pause":
      return pauseSend(ctx, { sendId });
    case "resume":
      return resumeSend(ctx, { sendId });
    case "cancel":
      return cancelSend(ctx, { sendId });
    case "approve":
    case "decline":
      return decideSend(ctx, { sendId, decision: act });
    default:
      requirePermission(ctx.actor, "publish.send");
      throw new AppError("NOT_FOUND", sentence("A send is not to {act}.", { act }));
  }
});
