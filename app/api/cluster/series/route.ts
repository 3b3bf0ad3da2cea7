import { seriesInputOf } from "@/lib/cluster/series-input";
import { readSeries } from "@/lib/cluster/read-series";
import { route } from "@/lib/http/route";

/** `?metrics=a,b&seconds=900` up to now, or `&from=…&to=…` (ISO); `&nodes=a,b&points=180&compare=yesterday&detail=extremes` when wanted. */
export const GET = route(({ ctx, request }) =>
  readSeries(ctx, seriesInputOf(new URL(request.url).searchParams, ctx.now())),
);
