import { route } from "@/lib/http/route";
import { explainClient } from "@/lib/timeline/explain-client";

export const GET = route<{ clientId: string }>(({ ctx, params }) => explainClient(ctx, { clientId: params.clientId }));
