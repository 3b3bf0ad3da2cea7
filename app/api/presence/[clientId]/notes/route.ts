import type { InputOf } from "@/lib/audit/verb";
import { readJson, route } from "@/lib/http/route";
import { addNote } from "@/lib/timeline/add-note";

export const POST = route<{ clientId: string }>(async ({ ctx, params, request }) =>
  addNote(ctx, { ...(await readJson<InputOf<typeof addNote>>(request)), clientId: params.clientId }),
);
