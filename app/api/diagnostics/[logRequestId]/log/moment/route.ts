import { readMoment } from "@/lib/diagnostics/read-moment";
import type { InputOf } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** What else is known of a moment of a log. */
export const POST = route<Params>(async ({ ctx, params, request }) => {
  const input = await readJson<InputOf<typeof readMoment>>(request);
  return readMoment(ctx, { ...input, ...params });
});
