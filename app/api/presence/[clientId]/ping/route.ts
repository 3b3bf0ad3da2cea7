import { route } from "@/lib/http/route";
import { pingClient } from "@/lib/publish/ping-client";

export const POST = route<{ clientId: string }>(({ ctx, params }) => pingClient(ctx, { clientId: params.clientId }));
