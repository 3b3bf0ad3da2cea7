import { listGateways } from "@/lib/cluster/list-gateways";
import { route } from "@/lib/http/route";

export const GET = route(({ ctx }) => listGateways(ctx, {}));
