import type { InputOf } from "@/lib/audit/verb";
import { listMarks } from "@/lib/cluster/list-marks";
import { markCluster } from "@/lib/cluster/mark-cluster";
import { readJson, route } from "@/lib/http/route";

/** What stands on the charts: `?from=&to=` (ISO). */
export const GET = route(({ ctx, request }) => {
  const params = new URL(request.url).searchParams;
  return listMarks(ctx, { from: params.get("from"), to: params.get("to") ?? ctx.now() });
});

export const POST = route(async ({ ctx, request }) => {
  const key = request.headers.get("idempotency-key");
  const body = await readJson<InputOf<typeof markCluster>>(request);
  return markCluster(ctx, key === null ? body : { ...body, idempotencyKey: key });
});
