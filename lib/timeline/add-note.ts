import { writeVerb } from "@/lib/audit/verb";
import { addNoteSchema } from "./schemas";

/** Leaves a note on a client's timeline, for whoever looks next. Notes are not changed; a second one says more. */
export const addNote = writeVerb({
  permission: "timeline.note",
  input: addNoteSchema,
  work: async (ctx, { clientId, text }) => {
    const note = await ctx.tx.clientNote.create({
      data: { clientId, text, byId: ctx.actor.id, byName: ctx.actor.name, at: ctx.now() },
      select: { id: true },
    });
    return {
      result: { noteId: note.id },
      audit: {
        action: "timeline.addNote",
        subjectKind: "client",
        subjectId: clientId,
        // What it says stands in the note alone: people write things that an audit must not keep for ever.
        details: { noteId: note.id, characters: text.length },
      },
    };
  },
});
