import { route } from "@/lib/http/route";
import { readDrift, readDriftSeries } from "@/lib/presence/read-drift";

const DAY_MS = 86_400_000;

/** How far our memory of presence had drifted from the broker: by node as last swept, and the sweeps of the last day. */
export const GET = route(async ({ ctx }) => {
  const to = ctx.now();
  const [nodes, series] = await Promise.all([
    readDrift(ctx, {}),
    readDriftSeries(ctx, { from: new Date(to.getTime() - DAY_MS), to }),
  ]);
  return { nodes, points: series.points };
});
