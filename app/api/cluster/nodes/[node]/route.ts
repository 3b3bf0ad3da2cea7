import { getNode } from "@/lib/cluster/get-node";
import { route } from "@/lib/http/route";

export const GET = route<{ node: string }>(({ ctx, params }) => getNode(ctx, { node: params.node }));
