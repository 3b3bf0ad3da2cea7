import { createHash } from "node:crypto";

/** A row of the audit record as it is sealed: every column but its id, as PostgreSQL's text, so that nothing is rounded. */
export interface SealedRow {
  /** UTC with microseconds. */
  at: string;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  actor_role: string | null;
  action: string;
  subject_kind: string;
  subject_id: string | null;
  reason: string | null;
  /** As jsonb writes itself: its keys are in an order of its own. */
  details: string;
  request_id: string;
  from_address: string | null;
  ticket: string | null;
}

/** What a seal says, without its head. */
export interface SealContent {
  /** 1 for the first; no number is left out. */
  number: number;
  /** UTC with microseconds. */
  at: string;
  /** The rows' ids as an int8multirange (./id-ranges.ts). */
  ids: string;
  /** A digest for each id, ascending, one after the other. */
  digests: Buffer;
  /** Head of the seal before; of the first, `NO_HEAD`. */
  previousHead: Buffer;
}

/** Bytes of a digest and of a head. */
export const DIGEST_BYTES = 32;

export const NO_HEAD = Buffer.alloc(DIGEST_BYTES);

/** SQL for an instant column as `SealedRow` and `SealContent` have it. */
export const instantText = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Columns of a `SealedRow` in SQL, over the alias a (audit_events). */
export const SEALED_ROW = `${instantText("a.at")} as at, a.actor_kind, a.actor_id, a.actor_name, a.actor_role, a.action,
  a.subject_kind, a.subject_id, a.reason, a.details::text as details, a.request_id, a.from_address, a.ticket`;

/** A Date as `instantText` would tell it. */
export const instantOf = (date: Date): string => date.toISOString().replace("Z", "000Z");

/**
 * SHA-256 of a row. A JSON array tells every two rows apart: text cannot move from one field to the next, null is not "". A row without a
 * ticket has the digest it had before there were tickets.
 */
export function digestOfRow(row: SealedRow): Buffer {
  const fields = [
    row.ticket === null ? "liveconnect audit row 1" : "liveconnect audit row 2",
    row.at,
    row.actor_kind,
    row.actor_id,
    row.actor_name,
    row.actor_role,
    row.action,
    row.subject_kind,
    row.subject_id,
    row.reason,
    row.details,
    row.request_id,
    row.from_address,
    ...(row.ticket === null ? [] : [row.ticket]),
  ];
  return createHash("sha256").update(JSON.stringify(fields)).digest();
}

/** SHA-256 of a seal, over its digests and the head before it: a head vouches for every row up to it. */
export function headOf(seal: SealContent): Buffer {
  const fields = ["liveconnect audit seal 1", seal.number, seal.at, seal.ids, seal.previousHead.toString("hex")];
  return createHash("sha256").update(JSON.stringify(fields)).update(seal.digests).digest();
}
