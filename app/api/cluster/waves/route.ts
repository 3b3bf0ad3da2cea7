import type { z } from "zod";
import { explainWave } from "@/lib/cluster/explain-wave";
import type { explainWaveInput } from "@/lib/cluster/schemas";
import { route } from "@/lib/http/route";

/** What a wave has in common: `?kind=disconnects|refusals&from=&to=` (ISO). */
export const GET = route(({ ctx, request }) =>
  // The verb checks what it is given; the cast only says that it is still to be checked.
  explainWave(ctx, Object.fromEntries(new URL(request.url).searchParams) as z.input<typeof explainWaveInput>),
);
