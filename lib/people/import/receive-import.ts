import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Pool } from "pg";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import type { Context } from "@/lib/rbac/context";
import { sentence } from "@/lib/sentence";
import { startImportSchema } from "../schemas";

/*
 * An import is received into chunks of lines in PostgreSQL (docs/decisions/0014-imports-are-spooled-in-postgresql.md), so that the caller
 * is done once the file is safe, and the worker can go on after a crash where it was. Back-pressure: the next bytes are read when the
 * chunk before is committed.
 */

const gzipped = promisify(gzip);

// About 10 000 people: enough for set-based work, and reading one holds up whatever else the worker does for a tenth of a second only.
export const CHUNK_BYTES = 1024 * 1024;
// Ten million people take about 1 GB; beyond this a file is a mistake.
const MOST_BYTES = 20 * 1024 ** 3;
// What all imports together may hold in the database, after gzip.
const MOST_SPOOLED_BYTES = 8 * 1024 ** 3;
// Imports run one after the other.
const MOST_OPEN = 10;
// A publisher that died leaves its import to be cleared after this.
const LEASE_SECONDS = 120;

/** Opens an import, to be filled by `receiveImport`. Throws LIMIT when too many are under way. */
export const startImport = writeVerb({
  permission: "people.write",
  input: startImportSchema,
  work: async (ctx, { mode }) => {
    const open = await ctx.tx.peopleImport.count({ where: { state: { in: ["receiving", "waiting", "running"] } } });
    if (open >= MOST_OPEN)
      throw new AppError(
        "LIMIT",
        sentence("{most} imports are under way. Wait for one to end, or cancel it.", { most: MOST_OPEN }),
        { retryAfterSeconds: 60 },
      );
    const [row] = await ctx.tx.$queryRaw<{ id: string }[]>`
      insert into people_imports (mode, state, started_by, lease_until)
      values (${mode}, 'receiving', ${ctx.actor.name}, now() + ${LEASE_SECONDS} * interval '1 second') returning id::text`;
    const importId = row?.id ?? "";
    const audit = {
      action: "people.startImport",
      subjectKind: "people_import" as const,
      subjectId: importId,
      details: { mode },
    };
    return { result: { importId }, audit };
  },
});

/**
 * Machine write, of an import that `startImport` opened: takes the file, NDJSON in UTF-8, and hands it to the worker when all of it is
 * kept. A file that breaks off, is too large or has a line of over 1 MB fails the import, and nothing of it is used.
 */
export async function receiveImport(
  ctx: Context,
  { importId, body }: { importId: string; body: AsyncIterable<Buffer> },
): Promise<{ lines: number }> {
  try {
    const { lines } = await spool(ctx.db.pool, importId, body);
    const { rowCount } = await ctx.db.pool.query(
      `update people_imports set state = 'waiting', received_at = now(), lease_until = now() where id = $1 and state = 'receiving'`,
      [importId],
    );
    if (rowCount === 0) throw new AppError("CONFLICT", "The import was cancelled while its file was sent.");
    return { lines };
  } catch (error) {
    const told =
      error instanceof AppError
        ? error
        : new AppError("VALIDATION", "The file broke off before its end. Send it again.", { cause: error });
    await failImport(ctx.db.pool, importId, told.message);
    throw told;
  }
}

/** Machine write: ends an open import and removes what it held. */
export async function failImport(pool: Pool, importId: string, failure: string): Promise<void> {
  await pool.query(
    `with ended as (
       update people_imports set state = 'failed', failure = $2, ended_at = now()
       where id = $1 and state in ('receiving', 'waiting', 'running') returning id
     ), emptied as (delete from people_import_forgotten using ended where import_id = ended.id),
     unnamed as (delete from people_import_named using ended where import_id = ended.id)
     delete from people_import_chunks using ended where import_id = ended.id`,
    [importId, failure],
  );
}

async function spool(pool: Pool, importId: string, body: AsyncIterable<Buffer>): Promise<{ lines: number }> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const total = { bytes: 0, lines: 0, chunks: 0 };

  const keep = async (chunk: Buffer): Promise<void> => {
    const lines = countLines(chunk);
    await keepChunk(pool, { importId, n: total.chunks, firstLine: total.lines + 1, chunk, lines });
    total.chunks += 1;
    total.lines += lines;
  };

  for await (const part of body) {
    total.bytes += part.length;
    if (total.bytes > MOST_BYTES)
      throw new AppError("LIMIT", sentence("A file has at most {bytes} bytes.", { bytes: MOST_BYTES }));
    waiting.push(part);
    waitingBytes += part.length;
    if (waitingBytes < CHUNK_BYTES) continue;
    const held = Buffer.concat(waiting, waitingBytes);
    const end = held.lastIndexOf(0x0a) + 1;
    if (end === 0)
      throw new AppError(
        "VALIDATION",
        sentence("Line {line} is longer than {bytes} bytes.", { line: total.lines + 1, bytes: CHUNK_BYTES }),
      );
    await keep(held.subarray(0, end));
    waiting = [held.subarray(end)];
    waitingBytes = held.length - end;
  }
  if (waitingBytes > 0) await keep(Buffer.concat(waiting, waitingBytes));
  return { lines: total.lines };
}

interface Chunk {
  importId: string;
  n: number;
  firstLine: number;
  chunk: Buffer;
  lines: number;
}

async function keepChunk(pool: Pool, { importId, n, firstLine, chunk, lines }: Chunk): Promise<void> {
  const body = await gzipped(chunk, { level: 1 });
  const { rows } = await pool.query<{ spooled: number }>(
    `with kept as (
       update people_imports set bytes = bytes + $5, lines = lines + $6, chunks = $2 + 1, spooled_bytes = spooled_bytes + length($4::bytea),
         lease_until = now() + ${LEASE_SECONDS} * interval '1 second'
       where id = $1 and state = 'receiving' returning id
     ), inserted as (
       insert into people_import_chunks (import_id, n, first_line, body) select id, $2, $3, $4 from kept
     )
     select (select coalesce(sum(spooled_bytes), 0)::bigint from people_imports where state in ('receiving', 'waiting', 'running')) as spooled
     from kept`,
    [importId, n, firstLine, body, chunk.length, lines],
  );
  const [held] = rows;
  if (!held) throw new AppError("CONFLICT", "The import was cancelled while its file was sent.");
  if (held.spooled > MOST_SPOOLED_BYTES)
    throw new AppError("LIMIT", "Imports hold all the room there is for them. Wait for one to end.", {
      retryAfterSeconds: 600,
    });
}

/** Lines that begin in the chunk; the last may have no end. */
function countLines(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines += 1;
  return chunk.at(-1) === 0x0a ? lines : lines + 1;
}
