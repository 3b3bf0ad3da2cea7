import type { InputOf } from "@/lib/audit/verb";
import { withCountedTries } from "@/lib/auth/counted-tries";
import { readJson, route } from "@/lib/http/route";
import { confirmSecondFactor } from "@/lib/operators/second-factor";

/** Turns it on by a code of it; recovery codes are told once. */
export const POST = route(async ({ ctx, request }) => {
  const input = await readJson<InputOf<typeof confirmSecondFactor>>(request);
  return withCountedTries(ctx, () => confirmSecondFactor(ctx, input));
});
