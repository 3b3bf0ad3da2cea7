import { listNodeClients } from "@/lib/cluster/list-node-clients";
import { route } from "@/lib/http/route";

/** `?cursor=&limit=`. */
export const GET = route<{ node: string }>(({ ctx, request, params }) =>
  listNodeClients(ctx, { ...Object.fromEntries(new URL(request.url).searchParams), node: params.node }),
);
