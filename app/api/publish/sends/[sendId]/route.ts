import { route } from "@/lib/http/route";
import { getSend } from "@/lib/publish/sends/read-sends";

export const GET = route<{ sendId: string }>(({ ctx, params }) => getSend(ctx, params));
