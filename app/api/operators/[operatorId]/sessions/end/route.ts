import type { InputOf } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";
import { endOperatorSessions } from "@/lib/operators/end-sessions";

/** Ends the named session, or all of the operator's. */
export const POST = route<{ operatorId: string }>(async ({ ctx, params, request }) =>
  endOperatorSessions(ctx, { ...(await readJson<InputOf<typeof endOperatorSessions>>(request)), ...params }),
);
