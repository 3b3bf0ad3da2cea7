import type { z } from "zod";
import { readJson, route } from "@/lib/http/route";
import { addNote } from "@/lib/timeline/add-note";
import type { addNoteSchema } from "@/lib/timeline/schemas";

type Note = Omit<z.input<typeof addNoteSchema>, "clientId">;

export const POST = route<{ clientId: string }>(async ({ ctx, params, request }) =>
  addNote(ctx, { ...((await readJson(request)) as Note), clientId: params.clientId }),
);
