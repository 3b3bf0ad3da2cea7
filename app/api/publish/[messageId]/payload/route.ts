import { route } from "@/lib/http/route";
import { readPayload } from "@/lib/publish/read-payload";

export const GET = route<{ messageId: string }>(({ ctx, params }) => readPayload(ctx, params));
