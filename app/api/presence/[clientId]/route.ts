import { route } from "@/lib/http/route";
import { getClient } from "@/lib/presence/get-client";

export const GET = route<{ clientId: string }>(({ ctx, params }) => getClient(ctx, { clientId: params.clientId }));
