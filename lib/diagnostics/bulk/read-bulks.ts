import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import type { Context } from "@/lib/rbac/context";
import { parseDetail, type Failure } from "../schemas";
import { BULK_STATES, bulkIdSchema, type BulkState } from "./schemas";

/** Many log requests as one: how far they are. Instants are ISO 8601 in UTC. */
export interface LogRequestBulk {
  bulkId: string;
  state: BulkState;
  stateAt: string;
  reason: string;
  ticket: string | null;
  requestedByName: string;
  requestedAt: string;
  /** When the next phones are asked. */
  releaseAt: string;
  /** Phones that fitted when it was asked for, and how many were asked so far. */
  total: number;
  made: number;
  ratePerMinute: number;
  stopFailedPercent: number | null;
  /** Of those asked, by state. */
  counts: Record<string, number>;
  /** Why those that failed did, most frequent first. */
  failures: { failure: Failure; requests: number }[];
  /** Until all are asked, at its rate; null when it does not run. */
  secondsLeft: number | null;
}

/** One bulk. Throws NOT_FOUND. */
export const getLogRequests = readVerb({
  permission: "diagnostics.read",
  input: bulkIdSchema,
  work: async (ctx, { bulkId }): Promise<LogRequestBulk> => {
    const [bulk] = await select(ctx, "b.id = $1::uuid", bulkId);
    if (!bulk) throw new AppError("NOT_FOUND", "There are no such log requests. They may have been removed by age.");
    return bulk;
  },
});

/** Those that run or are held, and those that changed within a day; newest first, at most 20. */
export const listBulks = readVerb({
  permission: "diagnostics.read",
  input: z.object({}),
  work: (ctx): Promise<LogRequestBulk[]> =>
    select(
      ctx,
      "b.state in ('running', 'held') or b.state_at > $1::timestamptz - interval '1 day'",
      ctx.now().toISOString(),
    ),
});

interface BulkRow {
  id: string;
  state: string;
  state_at: Date;
  reason: string;
  ticket: string | null;
  requested_by_name: string;
  requested_at: Date;
  release_at: Date;
  total: number;
  made: number;
  rate_per_minute: number;
  stop_failed_percent: number | null;
  counts: Record<string, number> | null;
  failures: Record<string, number> | null;
}

async function select(ctx: Context, where: string, value: string): Promise<LogRequestBulk[]> {
  const found = await ctx.db.pool.query<BulkRow>(
    `select b.id::text, b.state, b.state_at, b.reason, b.ticket, b.requested_by_name, b.requested_at, b.release_at, b.total,
            b.made, b.rate_per_minute, b.stop_failed_percent, states.counts, causes.failures
     from log_request_bulks b
     left join lateral (select json_object_agg(state, n) as counts from (
       select r.state, count(*) as n from log_requests r where r.bulk_id = b.id group by 1) by_state) states on true
     left join lateral (select json_object_agg(code, n) as failures from (
       select split_part(r.detail, ':', 1) as code, count(*) as n from log_requests r
       where r.bulk_id = b.id and r.detail is not null group by 1) by_code) causes on true
     where ${where} order by b.requested_at desc limit 20`,
    [value],
  );
  return found.rows.map((row) => ({
    bulkId: row.id,
    state: BULK_STATES.find((state) => state === row.state) ?? "done",
    stateAt: row.state_at.toISOString(),
    reason: row.reason,
    ticket: row.ticket,
    requestedByName: row.requested_by_name,
    requestedAt: row.requested_at.toISOString(),
    releaseAt: row.release_at.toISOString(),
    total: row.total,
    made: row.made,
    ratePerMinute: row.rate_per_minute,
    stopFailedPercent: row.stop_failed_percent,
    counts: row.counts ?? {},
    failures: Object.entries(row.failures ?? {})
      .flatMap(([code, requests]) => {
        const failure = parseDetail(code)?.failure;
        return failure ? [{ failure, requests }] : [];
      })
      .toSorted((a, b) => b.requests - a.requests),
    secondsLeft:
      row.state === "running" ? Math.ceil((Math.max(0, row.total - row.made) * 60) / row.rate_per_minute) : null,
  }));
}
