import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { PoolClient } from "pg";
import { phoneRegion } from "@/lib/env/phone-region";
import type { Context } from "@/lib/rbac/context";
import { CHUNK_BYTES, failImport } from "./receive-import";
import { mergeChunk } from "./merge-chunk";
import { readChunk, type ReadChunk } from "./read-chunk";
import { removeAbsent } from "./remove-absent";

const gunzipped = promisify(gunzip);

// A chunk takes about a second; a worker that died is followed by another after this.
const LEASE_SECONDS = 30;
// Kept with their line numbers; more are counted. Enough to see what is wrong with a file.
const MOST_ERRORS = 10_000;

interface Claimed {
  id: string;
  mode: "merge" | "replace";
  /** As PostgreSQL writes it, to the microsecond. */
  as_of: string;
  chunks: number;
  next_chunk: number;
}

/**
 * Machine write: runs the oldest import that waits, or whose worker died, chunk by chunk until it ends or the signal aborts. Each chunk
 * is one transaction with the progress it makes, so that a crash loses at most one and repeats none. Searches go on meanwhile: nothing
 * is locked but the rows that change. One import at a time, whatever the number of workers. Returns whether there was one.
 */
export async function runNextImport(ctx: Context, signal: AbortSignal): Promise<boolean> {
  const claimed = await claim(ctx);
  if (!claimed) return false;
  ctx.log.info({ importId: claimed.id, from: claimed.next_chunk, chunks: claimed.chunks }, "a people import runs");
  const client = await ctx.db.pool.connect();
  try {
    // A chunk of a large file on a busy machine takes longer than a question may.
    await client.query("set statement_timeout = '5min'");
    const knownWords = new Set<string>();
    let ahead = readAhead(ctx, claimed, claimed.next_chunk);
    for (let n = claimed.next_chunk; n < claimed.chunks; n += 1) {
      if (signal.aborted) return await giveBack(ctx, claimed.id);
      const chunk = await ahead;
      // Read while PostgreSQL works on the one before; a failure shows when it is awaited.
      ahead = readAhead(ctx, claimed, n + 1);
      ahead.catch(() => undefined);
      const isMine = await mergeOne(client, { claimed, n, chunk, knownWords });
      if (!isMine) return true;
    }
    await finish(ctx, client, claimed, signal);
  } finally {
    await client.query("reset statement_timeout").catch(() => undefined);
    client.release();
  }
  return true;
}

/** Machine write: fails imports whose publisher died while it took the file. */
export async function clearBrokenImports(ctx: Context): Promise<void> {
  const { rows } = await ctx.db.pool.query<{ id: string }>(
    "select id::text from people_imports where state = 'receiving' and lease_until < now()",
  );
  for (const { id } of rows) await failImport(ctx.db.pool, id, "The file broke off before its end. Send it again.");
}

async function claim(ctx: Context): Promise<Claimed | null> {
  const { rows } = await ctx.db.pool.query<Claimed>(
    `update people_imports i set state = 'running', lease_until = now() + ${LEASE_SECONDS} * interval '1 second'
     from (select id from people_imports where state in ('waiting', 'running') order by created_at limit 1 for update skip locked) oldest
     where i.id = oldest.id and i.lease_until <= now()
     returning i.id::text, i.mode, i.created_at::text as as_of, i.chunks, i.next_chunk`,
  );
  return rows[0] ?? null;
}

/** For another worker, at once. */
async function giveBack(ctx: Context, importId: string): Promise<true> {
  await ctx.db.pool.query("update people_imports set lease_until = now() where id = $1 and state = 'running'", [
    importId,
  ]);
  return true;
}

async function readAhead(ctx: Context, claimed: Claimed, n: number): Promise<ReadChunk> {
  if (n >= claimed.chunks) return { people: [], rows: 0, refused: [] };
  const { rows } = await ctx.db.pool.query<{ body: Buffer; first_line: number }>(
    "select body, first_line from people_import_chunks where import_id = $1 and n = $2",
    [claimed.id, n],
  );
  const [chunk] = rows;
  // Cancelled: its chunks are gone, and the merge will see it.
  if (!chunk) return { people: [], rows: 0, refused: [] };
  const text = await gunzipped(chunk.body, { maxOutputLength: 2 * CHUNK_BYTES });
  return readChunk(text.toString("utf8"), { firstLine: chunk.first_line, region: phoneRegion() });
}

/** False when the import is no longer ours: cancelled, or taken over. */
async function mergeOne(
  client: PoolClient,
  { claimed, n, chunk, knownWords }: { claimed: Claimed; n: number; chunk: ReadChunk; knownWords: Set<string> },
): Promise<boolean> {
  const startedMs = performance.now();
  const { id: importId, as_of: asOf, mode } = claimed;
  try {
    await client.query("begin");
    const { rowCount } = await client.query(
      "select 1 from people_imports where id = $1 and state = 'running' and next_chunk = $2 for update",
      [importId, n],
    );
    if (rowCount === 0) {
      await client.query("rollback");
      return false;
    }
    const written = await mergeChunk(client, chunk.people, { importId, asOf, mode, knownWords });
    await client.query(PROGRESS, [
      importId,
      n,
      chunk.rows,
      written,
      chunk.refused.length,
      Math.round(performance.now() - startedMs),
      chunk.refused.map(({ line }) => line),
      chunk.refused.map(({ reason }) => reason),
    ]);
    await client.query("commit");
    return true;
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

const PROGRESS = `
with progress as (
  update people_imports set next_chunk = $2 + 1, rows_read = rows_read + $3, rows_written = rows_written + $4, rows_refused = rows_refused + $5,
    busy_ms = busy_ms + $6, lease_until = now() + ${LEASE_SECONDS} * interval '1 second'
  where id = $1 returning old.rows_refused as refused_before
), told as (
  insert into people_import_errors (import_id, line, reason)
  select $1, e.line, e.reason from unnest($7::bigint[], $8::text[]) with ordinality as e(line, reason, place), progress
  where progress.refused_before + e.place <= ${MOST_ERRORS}
)
delete from people_import_chunks where import_id = $1 and n = $2`;

async function finish(ctx: Context, client: PoolClient, claimed: Claimed, signal: AbortSignal): Promise<void> {
  const removed =
    claimed.mode === "replace"
      ? await removeAbsent(client, { importId: claimed.id, asOf: claimed.as_of, signal })
      : null;
  if (signal.aborted) return void (await giveBack(ctx, claimed.id));
  const { rows } = await client.query<{ rows_read: number; rows_written: number; rows_refused: number }>(
    `with ended as (
       update people_imports set state = 'finished', ended_at = now(), removed = $2 where id = $1 and state = 'running'
       returning id, rows_read, rows_written, rows_refused
     ), named as (delete from people_import_named n using ended where n.import_id = ended.id),
     forgotten as (delete from people_import_forgotten f using ended where f.import_id = ended.id)
     select rows_read, rows_written, rows_refused from ended`,
    [claimed.id, removed],
  );
  ctx.log.info({ importId: claimed.id, removed, ...rows[0] }, "a people import has ended");
}
