import type { InputOf } from "@/lib/audit/verb";
import { withCountedTries } from "@/lib/auth/counted-tries";
import { readJson, route } from "@/lib/http/route";
import { beginSecondFactor } from "@/lib/operators/second-factor";

/** Begins a second factor of one's own, by the password; its secret is told once. */
export const POST = route(async ({ ctx, request }) => {
  const input = await readJson<InputOf<typeof beginSecondFactor>>(request);
  return withCountedTries(ctx, () => beginSecondFactor(ctx, input));
});
