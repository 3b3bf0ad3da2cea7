import type { InputOf } from "@/lib/audit/verb";
import { withCountedTries } from "@/lib/auth/counted-tries";
import { readJson, route } from "@/lib/http/route";
import { changeOwnPassword } from "@/lib/operators/set-password";

export const POST = route(async ({ ctx, request }) => {
  const input = await readJson<InputOf<typeof changeOwnPassword>>(request);
  return withCountedTries(ctx, () => changeOwnPassword(ctx, input));
});
