import { releaseClient } from "@/lib/access/release-client";
import { readJson, route } from "@/lib/http/route";

export const POST = route<{ clientId: string }>(async ({ ctx, params, request }) =>
  releaseClient(ctx, { ...(await readJson<{ reason: string }>(request)), clientId: params.clientId }),
);
