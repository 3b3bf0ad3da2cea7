import { removeLogNote } from "@/lib/diagnostics/log-notes";
import { route } from "@/lib/http/route";

interface Params {
  logRequestId: string;
  noteId: string;
}

/** Removes a note of one's own. */
export const DELETE = route<Params>(({ ctx, params }) => removeLogNote(ctx, params));
