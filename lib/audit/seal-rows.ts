import type { PoolClient } from "pg";
import { inPoolTransaction } from "@/lib/db/pool-transaction";
import type { Context } from "@/lib/rbac/context";
import { rangesOf } from "./id-ranges";
import { digestOfRow, headOf, instantOf, NO_HEAD, SEALED_ROW, type SealedRow } from "./seal-content";

/** Rows that one seal takes at most: what a busy second leaves, and a few megabytes to verify at once. */
export const MOST_SEALED = 5_000;

// Any number of ours.
const LOCK = 5_130_423;

// A row is null when it was removed while it waited; it is sealed as nothing, and so found to be missing.
type Waiting = { id: number } & (SealedRow | { at: null });

/**
 * Machine write by the clock: seals rows that wait, at most `MOST_SEALED`, and returns how many. One sealer at a time: while
 * another is at it nothing is done. Nobody who acts waits for it: their rows stand in `audit_unsealed` by a trigger, seen here once they
 * are committed, however late.
 */
export const sealRows = (ctx: Context): Promise<number> =>
  inPoolTransaction(ctx.db.pool, (client) => sealWaiting(client, ctx.now()));

async function sealWaiting(client: PoolClient, now: Date): Promise<number> {
  const lock = await client.query<{ mine: boolean }>("select pg_try_advisory_xact_lock($1) as mine", [LOCK]);
  if (!lock.rows[0]?.mine) return 0;
  const { rows } = await client.query<Waiting>(
    `with taken as (
       delete from audit_unsealed where ctid = any(array(select ctid from audit_unsealed limit $1)) returning id, at)
     select distinct on (taken.id) taken.id, ${SEALED_ROW}
     from taken left join audit_events a on a.id = taken.id and a.at = taken.at order by taken.id`,
    [MOST_SEALED],
  );
  if (rows.length === 0) return 0;
  const last = await client.query<{ number: number; head: Buffer }>(
    "select number, head from audit_seals order by number desc limit 1",
  );
  const seal = {
    number: (last.rows[0]?.number ?? 0) + 1,
    at: instantOf(now),
    ids: rangesOf(rows.map(({ id }) => id)),
    digests: Buffer.concat(rows.map((row) => (row.at === null ? NO_HEAD : digestOfRow(row)))),
    previousHead: last.rows[0]?.head ?? NO_HEAD,
  };
  await client.query(
    `insert into audit_seals (number, at, ids, row_count, digests, previous_head, head) values ($1, $2, $3, $4, $5, $6, $7)`,
    [seal.number, seal.at, seal.ids, rows.length, seal.digests, seal.previousHead, headOf(seal)],
  );
  return rows.length;
}
