import type { InputOf } from "@/lib/audit/verb";
import { addLogNote, listLogNotes } from "@/lib/diagnostics/log-notes";
import { readJson, route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
}

/** Notes beside its lines. */
export const GET = route<Params>(({ ctx, params }) => listLogNotes(ctx, params));

/** Writes one. */
export const POST = route<Params>(async ({ ctx, params, request }) => {
  const note = await readJson<InputOf<typeof addLogNote>>(request);
  return addLogNote(ctx, { ...note, ...params });
});
