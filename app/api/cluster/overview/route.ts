import { readOverview } from "@/lib/cluster/read-overview";
import { route } from "@/lib/http/route";

export const GET = route(({ ctx }) => readOverview(ctx, {}));
