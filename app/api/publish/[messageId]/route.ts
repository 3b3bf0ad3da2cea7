import { route } from "@/lib/http/route";
import { getMessage } from "@/lib/publish/get-message";

export const GET = route<{ messageId: string }>(({ ctx, params }) => getMessage(ctx, params));
