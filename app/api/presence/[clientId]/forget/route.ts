import { forgetPerson } from "@/lib/people/forget-person";
import { readJson, route } from "@/lib/http/route";

/** `{ reason }`: everything that is kept of the person whose client this is goes. */
export const POST = route<{ clientId: string }>(async ({ ctx, params, request }) =>
  forgetPerson(ctx, { ...(await readJson<{ reason: string }>(request)), clientId: params.clientId }),
);
