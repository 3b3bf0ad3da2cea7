import type { InputOf } from "@/lib/audit/verb";
import { withCountedTries } from "@/lib/auth/counted-tries";
import { readJson, route } from "@/lib/http/route";
import { renewRecoveryCodes } from "@/lib/operators/second-factor";

/** New recovery codes in place of those before, by a code. */
export const POST = route(async ({ ctx, request }) => {
  const input = await readJson<InputOf<typeof renewRecoveryCodes>>(request);
  return withCountedTries(ctx, () => renewRecoveryCodes(ctx, input));
});
