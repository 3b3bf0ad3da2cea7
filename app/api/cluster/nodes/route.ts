import { listNodes } from "@/lib/cluster/list-nodes";
import { route } from "@/lib/http/route";

export const GET = route(({ ctx }) => listNodes(ctx, {}));
