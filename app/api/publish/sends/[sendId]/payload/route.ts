import { route } from "@/lib/http/route";
import { readSendPayload } from "@/lib/publish/sends/read-sends";

export const GET = route<{ sendId: string }>(({ ctx, params }) => readSendPayload(ctx, params));
