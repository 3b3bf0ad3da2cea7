import type { InputOf } from "@/lib/audit/verb";
import { withCountedTries } from "@/lib/auth/counted-tries";
import { readJson, route } from "@/lib/http/route";
import { removeSecondFactor } from "@/lib/operators/second-factor";

/** Turns it off, by a code. */
export const POST = route(async ({ ctx, request }) => {
  const input = await readJson<InputOf<typeof removeSecondFactor>>(request);
  return withCountedTries(ctx, () => removeSecondFactor(ctx, input));
});
