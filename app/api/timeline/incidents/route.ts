import { readQuery, route } from "@/lib/http/route";
import type { InputOf } from "@/lib/audit/verb";
import { listIncidents } from "@/lib/timeline/list-incidents";

/** What befell the cluster, `?from=&to=` (ISO). */
export const GET = route(({ ctx, request }) => listIncidents(ctx, readQuery<InputOf<typeof listIncidents>>(request)));
