import type { InputOf } from "@/lib/audit/verb";
import { listNodeClients } from "@/lib/cluster/list-node-clients";
import { readQuery, route } from "@/lib/http/route";

/** `?cursor=&limit=`. */
export const GET = route<{ node: string }>(({ ctx, request, params }) =>
  listNodeClients(ctx, { ...readQuery<InputOf<typeof listNodeClients>>(request), node: params.node }),
);
