import type { InputOf } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";
import { changeOperatorRole } from "@/lib/operators/change-operator";

export const POST = route<{ operatorId: string }>(async ({ ctx, params, request }) =>
  changeOperatorRole(ctx, { ...(await readJson<InputOf<typeof changeOperatorRole>>(request)), ...params }),
);
