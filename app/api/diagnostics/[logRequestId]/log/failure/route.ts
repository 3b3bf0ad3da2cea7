import type { InputOf } from "@/lib/audit/verb";
import { findFailure } from "@/lib/diagnostics/find-failure";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { readJson, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** The next or previous failed call. */
export const POST = route<Params>(async ({ ctx, params, request }) => {
  const input = await readJson<InputOf<ReturnType<typeof findFailure>>>(request);
  return findFailure(await consoleLogReader())(ctx, { ...input, ...params });
});
