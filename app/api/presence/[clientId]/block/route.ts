import { blockClient, type BlockClientInput } from "@/lib/access/block-client";
import { unblockClient } from "@/lib/access/unblock-client";
import { readJson, route } from "@/lib/http/route";

export const POST = route<{ clientId: string }>(async ({ ctx, params, request }) =>
  blockClient(ctx, { ...(await readJson<BlockClientInput>(request)), clientId: params.clientId }),
);

export const DELETE = route<{ clientId: string }>(({ ctx, params }) =>
  unblockClient(ctx, { clientId: params.clientId }),
);
