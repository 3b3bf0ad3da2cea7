import { revokeApiKey } from "@/lib/access/api-keys";
import { route } from "@/lib/http/route";

export const POST = route<{ apiKeyId: string }>(({ ctx, params }) => revokeApiKey(ctx, params));
