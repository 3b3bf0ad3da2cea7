import { readVerb, writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { importIdSchema, type ImportState, type PeopleImport } from "../schemas";

interface Row {
  mode: PeopleImport["mode"];
  state: ImportState;
  started_by: string;
  created_at: Date;
  received_at: Date | null;
  ended_at: Date | null;
  failure: string | null;
  bytes: number;
  lines: number;
  rows_read: number;
  rows_written: number;
  rows_refused: number;
  removed: number | null;
  busy_ms: number;
}

/** How far an import is. Throws NOT_FOUND. */
export const getImport = readVerb({
  permission: "people.write",
  input: importIdSchema,
  work: async (ctx, { importId }): Promise<PeopleImport> => {
    const { rows } = await ctx.db.pool.query<Row>("select * from people_imports where id = $1", [importId]);
    const [row] = rows;
    if (!row) throw notFound(importId);
    const rowsPerSecond = row.busy_ms > 0 ? Math.round((row.rows_read * 1_000) / row.busy_ms) : null;
    const secondsLeft =
      row.state === "running" && rowsPerSecond
        ? Math.ceil(Math.max(0, row.lines - row.rows_read) / rowsPerSecond)
        : null;
    return {
      importId,
      mode: row.mode,
      state: row.state,
      startedBy: row.started_by,
      createdAt: row.created_at.toISOString(),
      receivedAt: row.received_at?.toISOString() ?? null,
      endedAt: row.ended_at?.toISOString() ?? null,
      failure: row.failure,
      bytes: row.bytes,
      rows: { received: row.lines, read: row.rows_read, written: row.rows_written, refused: row.rows_refused },
      removed: row.removed,
      rowsPerSecond,
      secondsLeft,
    };
  },
});

/** One refused line. */
export interface RefusedLine {
  line: number;
  reason: string;
}

/** The refused lines of an import, in order: the first 10 000. `rows.refused` of `getImport` counts all. Throws NOT_FOUND. */
export const readImportErrors = readVerb({
  permission: "people.write",
  input: importIdSchema,
  work: async (ctx, { importId }): Promise<RefusedLine[]> => {
    const { rowCount } = await ctx.db.pool.query("select 1 from people_imports where id = $1", [importId]);
    if (rowCount === 0) throw notFound(importId);
    const { rows } = await ctx.db.pool.query<RefusedLine>(
      "select line, reason from people_import_errors where import_id = $1 order by line",
      [importId],
    );
    return rows;
  },
});

/** Ends an import under way: what it wrote stays, the rest of its file is removed. One that has ended stays as it is. Throws NOT_FOUND. */
export const cancelImport = writeVerb({
  permission: "people.write",
  input: importIdSchema,
  work: async (ctx, { importId }) => {
    const found = await ctx.tx.$queryRaw<{ state: string }[]>`
      select state from people_imports where id = ${importId}::uuid for update`;
    if (found.length === 0) throw notFound(importId);
    const cancelled = await ctx.tx.$executeRaw`
      update people_imports set state = 'cancelled', ended_at = now()
      where id = ${importId}::uuid and state in ('receiving', 'waiting', 'running')`;
    if (cancelled > 0) {
      await ctx.tx.$executeRaw`delete from people_import_chunks where import_id = ${importId}::uuid`;
      await ctx.tx.$executeRaw`delete from people_import_named where import_id = ${importId}::uuid`;
      await ctx.tx.$executeRaw`delete from people_import_forgotten where import_id = ${importId}::uuid`;
    }
    const audit = {
      action: "people.cancelImport",
      subjectKind: "people_import" as const,
      subjectId: importId,
      details: { cancelled },
    };
    return { result: { cancelled: cancelled > 0 }, audit };
  },
});

const notFound = (importId: string): AppError =>
  new AppError("NOT_FOUND", sentence("There is no import {importId}.", { importId }));
