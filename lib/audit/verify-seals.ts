import type { Context } from "@/lib/rbac/context";
import type { Anchor } from "./anchors";
import { compareRows, compareWithBefore, type Seal } from "./compare-seal";
import type { AuditBreak } from "./schemas";
import { instantOf, instantText, SEALED_ROW, type SealedRow } from "./seal-content";

/** What a verification looked at and found. */
export interface AuditVerification {
  at: Date;
  seals: number;
  /** Rows that a seal vouches for and that were compared. */
  rows: number;
  anchors: number;
  /** Rows up to this id may be gone, as past their time; 0 while none were let go. */
  droppedThrough: number;
  /** The newest seal that was compared; null when there is none. */
  last: { seal: number; at: string; head: string } | null;
  /** In the order of the record, rows without a seal last; at most `MOST_BREAKS`. */
  breaks: AuditBreak[];
}

/** Breaks after which a verification stops looking: the record is not to be trusted, and every one more says the same. */
export const MOST_BREAKS = 100;

// What is held in memory at once: some ten megabytes of rows.
const PAGE_SEALS = 1_000;
const PAGE_ROWS = 20_000;
const WINDOW_ROWS = 50_000;

/**
 * Compares the whole audit record with its seals, the seals with one another, and with the anchors that were listed *before*. Reads in
 * pages, each a snapshot of its own: rows and seals never change, and what is added meanwhile is left for the next time. Rows past their time are compared while they are there.
 */
export async function verifySeals(ctx: Context, anchors: readonly Anchor[]): Promise<AuditVerification> {
  const { pool } = ctx.db;
  const until = await pool.query<{ number: number | null }>("select max(number) as number from audit_seals");
  const newest = until.rows[0]?.number ?? 0;
  const headsOutside = new Map<number, string[]>();
  for (const { seal, head } of anchors) headsOutside.set(seal, [...(headsOutside.get(seal) ?? []), head]);
  const droppedThrough = await readDroppedThrough(ctx);
  const past = { throughId: droppedThrough, before: instantOf(new Date(ctx.now().getTime() - YOUNGEST_DROPPED_MS)) };
  const breaks: AuditBreak[] = [];
  let seals = 0;
  let rows = 0;
  let before: Seal | null = null;
  while (breaks.length < MOST_BREAKS) {
    const page: Seal[] = await readSeals(ctx, { after: before?.number ?? 0, until: newest });
    if (page.length === 0) break;
    const sound: Seal[] = [];
    const found: AuditBreak[] = [];
    for (const seal of page) {
      const fault = compareWithBefore(seal, before);
      if (fault) found.push(fault);
      // What a changed seal says of rows says nothing.
      if (fault?.kind !== "sealChanged") sound.push(seal);
      if (headsOutside.get(seal.number)?.some((head) => head !== seal.head.toString("hex")))
        found.push({ kind: "anchorDiffers", seal: seal.number });
      before = seal;
    }
    const there = await readRows(ctx, sound);
    for (const seal of sound) found.push(...compareRows(seal, there).filter((each) => !isPast(each, { seal, past })));
    breaks.push(...found.toSorted((a, b) => sealOf(a) - sealOf(b)));
    seals += page.length;
    rows += there.size;
  }
  const beyond = anchors.map(({ seal }) => seal).filter((seal) => seal > newest);
  if (beyond.length > 0) breaks.push({ kind: "tailMissing", seal: Math.min(...beyond) });
  const unsealed = await findUnsealed(ctx);
  if (unsealed !== null) breaks.push({ kind: "rowUnsealed", id: unsealed });
  return {
    at: ctx.now(),
    seals,
    rows,
    anchors: anchors.length,
    droppedThrough,
    last: before && { seal: before.number, at: before.at, head: before.head.toString("hex") },
    breaks: breaks.slice(0, MOST_BREAKS),
  };
}

/** Up to which id the record's owner let rows go (`keep_audit_partitions`): the record says so itself. */
async function readDroppedThrough(ctx: Context): Promise<number> {
  const { rows } = await ctx.db.pool.query<{ id: number | null }>(
    `select max((details ->> 'throughId')::bigint) as id from audit_events
     where subject_id = 'audit_events' and subject_kind = 'audit' and action = 'audit.dropRows'`,
  );
  return rows[0]?.id ?? 0;
}

// The least that a retention can be (audit_retention): of what is younger than this nothing went on purpose, whatever the record says.
const YOUNGEST_DROPPED_MS = 365 * 24 * 3_600_000;

/** Whether a row is missing because its time was over. */
const isPast = (
  found: AuditBreak,
  { seal, past }: { seal: Seal; past: { throughId: number; before: string } },
): boolean => found.kind === "rowMissing" && found.id <= past.throughId && seal.at < past.before;

/** Machine write: keeps what a verification found, for the metrics and the Audit page. */
export async function recordVerification(ctx: Context, found: AuditVerification): Promise<void> {
  await ctx.db.pool.query(
    "insert into audit_verifications (at, seals, rows, anchors, breaks) values ($1, $2, $3, $4, $5)",
    [found.at, found.seals, found.rows, found.anchors, JSON.stringify(found.breaks)],
  );
}

const sealOf = (found: AuditBreak): number => ("seal" in found ? found.seal : Number.POSITIVE_INFINITY);

/** The next seals, as many as have about a page of rows together. */
async function readSeals(ctx: Context, { after, until }: { after: number; until: number }): Promise<Seal[]> {
  interface Row extends Omit<Seal, "previousHead"> {
    previous_head: Buffer;
  }
  const { rows } = await ctx.db.pool.query<Row>(
    `select number, ${instantText("at")} as at, ids::text as ids, digests, previous_head, head
     from (select s.*, sum(row_count) over (order by number) - row_count as rows_before
           from (select * from audit_seals where number > $1 and number <= $2 order by number limit $3) s) page
     where rows_before < $4 order by number`,
    [after, until, PAGE_SEALS, PAGE_ROWS],
  );
  return rows.map(({ previous_head: previousHead, ...seal }) => ({ ...seal, previousHead }));
}

/** The rows that are there of what seals cover, by id. Seals that follow one another cover few ranges together. */
async function readRows(ctx: Context, seals: readonly Seal[]): Promise<Map<number, SealedRow>> {
  const { rows } = await ctx.db.pool.query<SealedRow & { id: number }>(
    `with page as (select range_agg(ids) as ids from audit_seals where number = any($1))
     select a.id, ${SEALED_ROW}
     from page cross join lateral unnest(page.ids) r join audit_events a on a.id >= lower(r) and a.id < upper(r)`,
    [seals.map(({ number }) => number)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** The first row that no seal covers and that does not wait for one, or whose id another row has too; null when there is none. */
async function findUnsealed(ctx: Context): Promise<number | null> {
  const { pool } = ctx.db;
  let from = 0;
  for (;;) {
    const window = await pool.query<{ last: number | null }>(
      "select max(id) as last from (select id from audit_events where id >= $1 order by id limit $2) w",
      [from, WINDOW_ROWS],
    );
    const last = window.rows[0]?.last ?? null;
    if (last === null) return null;
    // One statement, so one snapshot: a row is seen waiting or sealed, never in between.
    const { rows } = await pool.query<{ id: number }>(
      `with sealed as (
         select coalesce(range_agg(ids), '{}') as ids from audit_seals where ids && int8multirange(int8range($1, $2, '[]')))
       select a.id from (select id, lag(id) over (order by id) as before from audit_events where id between $1 and $2) a, sealed
       where a.id = a.before or (not a.id <@ sealed.ids and not exists (select from audit_unsealed u where u.id = a.id))
       order by a.id limit 1`,
      [from, last],
    );
    if (rows[0]) return rows[0].id;
    from = last + 1;
  }
}
