import { explainWave } from "@/lib/cluster/explain-wave";
import { readQuery, route } from "@/lib/http/route";

/** What a wave has in common: `?kind=disconnects|refusals&from=&to=` (ISO). */
export const GET = route(({ ctx, request }) => explainWave(ctx, readQuery(request)));
