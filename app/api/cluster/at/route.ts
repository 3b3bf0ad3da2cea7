import { readClusterAt } from "@/lib/cluster/read-cluster-at";
import { route } from "@/lib/http/route";

/** The overview as it was: `?at=` (ISO). */
export const GET = route(({ ctx, request }) =>
  readClusterAt(ctx, { at: new URL(request.url).searchParams.get("at") ?? ctx.now() }),
);
