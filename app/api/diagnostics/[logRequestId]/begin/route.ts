import type { InputOf } from "@/lib/audit/verb";
import { beginLogRequest } from "@/lib/diagnostics/begin-log-request";
import { readJson, route } from "@/lib/http/route";

type Chosen = Omit<InputOf<typeof beginLogRequest>, "logRequestId">;

/** Lets a draft begin, with the window chosen from the phone's list of files. */
export const POST = route<{ logRequestId: string }>(async ({ ctx, params, request }) =>
  beginLogRequest(ctx, { ...(await readJson<Chosen>(request)), ...params }),
);
