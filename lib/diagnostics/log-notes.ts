import { z } from "zod";
import { LOOK_MINUTES, readVerb, writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { canBeKept, legible, NOT_ONE_LINE } from "@/lib/format/kept-text";
import { logRequestIdSchema } from "./schemas";

const MOST_NOTES = 500;

const addLogNoteSchema = z.object({
  logRequestId: z.uuid(),
  line: z.int().min(1),
  text: z.string().overwrite(legible).trim().min(1).max(1_000).refine(canBeKept, NOT_ONE_LINE),
});

/** What somebody wrote beside a line of a log. */
export interface LogNote {
  id: string;
  line: number;
  text: string;
  authorName: string;
  /** ISO 8601 in UTC. */
  at: string;
  isMine: boolean;
}

/** Writes a note beside a line. */
export const addLogNote = writeVerb({
  permission: "diagnostics.readLog",
  input: addLogNoteSchema,
  work: async (ctx, { logRequestId, line, text }) => {
    const notes = await ctx.tx.logNote.count({ where: { logRequestId } });
    if (notes >= MOST_NOTES)
      throw new AppError("LIMIT", sentence("A log holds at most {most} notes.", { most: MOST_NOTES }));
    const ready = await ctx.tx.logRequest.count({ where: { id: logRequestId, state: "ready" } });
    if (ready === 0) throw new AppError("NOT_FOUND", "There is no such log.");
    const { id } = await ctx.tx.logNote.create({
      data: { logRequestId, line, text, authorId: ctx.actor.id, authorName: ctx.actor.name, at: ctx.now() },
    });
    return {
      result: { noteId: id },
      audit: {
        action: "diagnostics.addLogNote",
        subjectKind: "log_request",
        subjectId: logRequestId,
        details: { noteId: id, line },
      },
    };
  },
});

/** Removes a note of the actor's own; another's is FORBIDDEN. Safe to call twice. */
export const removeLogNote = writeVerb({
  permission: "diagnostics.readLog",
  input: z.object({ logRequestId: z.uuid(), noteId: z.uuid() }),
  work: async (ctx, { logRequestId, noteId }) => {
    const note = await ctx.tx.logNote.findFirst({ where: { id: noteId, logRequestId } });
    if (note && note.authorId !== ctx.actor.id) throw new AppError("FORBIDDEN", "Only who wrote a note may remove it.");
    await ctx.tx.logNote.deleteMany({ where: { id: noteId, logRequestId } });
    return {
      result: undefined,
      audit: {
        action: "diagnostics.removeLogNote",
        subjectKind: "log_request",
        subjectId: logRequestId,
        details: { noteId },
      },
    };
  },
});

/** A log's notes, by line. */
export const listLogNotes = readVerb({
  permission: "diagnostics.readLog",
  input: logRequestIdSchema,
  work: async (ctx, { logRequestId }): Promise<LogNote[]> => {
    const rows = await ctx.db.prisma.logNote.findMany({
      where: { logRequestId },
      orderBy: [{ line: "asc" }, { at: "asc" }],
      take: MOST_NOTES,
    });
    return rows.map(({ id, line, text, authorName, authorId, at }) => ({
      id,
      line,
      text,
      authorName,
      at: at.toISOString(),
      isMine: authorId === ctx.actor.id,
    }));
  },
  audit: ({ logRequestId }) => ({
    action: "diagnostics.listLogNotes",
    subjectKind: "log_request",
    subjectId: logRequestId,
    goesOnForMinutes: LOOK_MINUTES,
  }),
});
