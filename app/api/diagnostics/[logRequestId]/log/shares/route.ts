import type { InputOf } from "@/lib/audit/verb";
import { listShares, shareLog } from "@/lib/diagnostics/log-shares";
import { readJson, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** Links to it. */
export const GET = route<Params>(({ ctx, params }) => listShares(ctx, params));

/** Makes one. */
export const POST = route<Params>(async ({ ctx, params, request }) => {
  const share = await readJson<InputOf<typeof shareLog>>(request);
  return shareLog(ctx, { ...share, ...params });
});
