import { route } from "@/lib/http/route";
import { deleteSavedMessage } from "@/lib/publish/saved-messages";

export const DELETE = route<{ id: string }>(({ ctx, params }) => deleteSavedMessage(ctx, params));
