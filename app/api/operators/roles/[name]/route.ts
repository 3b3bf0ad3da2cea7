import type { InputOf } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";
import { changeRole, deleteRole } from "@/lib/operators/roles";

export const POST = route<{ name: string }>(async ({ ctx, params, request }) =>
  changeRole(ctx, { ...(await readJson<InputOf<typeof changeRole>>(request)), name: decodeURIComponent(params.name) }),
);

export const DELETE = route<{ name: string }>(({ ctx, params }) =>
  deleteRole(ctx, { name: decodeURIComponent(params.name) }),
);
