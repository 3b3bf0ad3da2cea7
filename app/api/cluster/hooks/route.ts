import { readHookSeries } from "@/lib/cluster/read-hook-series";
import { route } from "@/lib/http/route";

/** What the gateways answered to the nodes' hooks: `?from=&to=` (ISO), up to seven days; `&hooks=a,b&nodes=a,b&points=180` when wanted. */
export const GET = route(({ ctx, request }) => {
  const params = new URL(request.url).searchParams;
  const list = (name: string): string[] | undefined => params.get(name)?.split(",").slice(0, 64);
  return readHookSeries(ctx, {
    from: params.get("from"),
    to: params.get("to") ?? ctx.now(),
    hooks: list("hooks"),
    nodes: list("nodes"),
    points: params.get("points") ?? undefined,
  });
});
