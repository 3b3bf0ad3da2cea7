import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { Context } from "@/lib/rbac/context";
import { HOOK_LATENCY_BOUNDS_MS, HOOK_SAMPLE_SECONDS, latencyAt } from "./hook-samples";

// Every sample in the range is read.
const MOST_RANGE_DAYS = 7;
// Steps a reader can name, whole samples each.
const STEPS = [10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200] as const;

export const readHookSeriesInput = z
  .object({
    /** Names of hooks without `_m5`; absent: all. */
    hooks: z.array(z.string().max(32)).max(16).optional(),
    /** Names of nodes; absent: all that have samples. */
    nodes: z.array(z.string()).max(64).optional(),
    /** Inclusive. */
    from: z.coerce.date(),
    /** Exclusive. */
    to: z.coerce.date(),
    points: z.coerce.number().int().min(10).max(720).default(180),
  })
  .refine((input) => input.from < input.to, { path: ["from"], message: "is not before to" })
  .refine((input) => input.to.getTime() - input.from.getTime() <= MOST_RANGE_DAYS * 86_400_000, {
    path: ["from"],
    message: "more than {days} days before to",
    params: { days: MOST_RANGE_DAYS },
  });

/** Answers a second by outcome, and latency in ms; each a value for every time of `at`, null where no gateway was there to answer. */
export interface HookLine {
  node: string;
  ok: (number | null)[];
  denied: (number | null)[];
  failed: (number | null)[];
  /** Null also where nothing was asked. */
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
}

export interface HookTotal {
  node: string;
  hook: string;
  ok: number;
  denied: number;
  failed: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

export interface HookSeries {
  stepSeconds: number;
  /** Beginnings of the bins, ms since the epoch. */
  at: number[];
  /** By name of the node. */
  lines: HookLine[];
  /** Of the whole range, by node and hook. */
  totals: HookTotal[];
  /** Refused connects of the whole range, most first. */
  refusals: { node: string; reason: string; count: number }[];
}

/** What the gateways answered to the nodes' hooks over a range, all gateways together. Reads every sample in the range. */
export const readHookSeries = readVerb({
  permission: "cluster.read",
  input: readHookSeriesInput,
  work: async (ctx, input): Promise<HookSeries> => {
    const stepSeconds = stepOf(input);
    const stepMs = stepSeconds * 1_000;
    const fromMs = Math.floor(input.from.getTime() / stepMs) * stepMs;
    const endMs = Math.min(input.to.getTime(), ctx.now().getTime());
    const at = Array.from({ length: Math.max(0, Math.ceil((endMs - fromMs) / stepMs)) }, (_, n) => fromMs + n * stepMs);
    const range = [new Date(fromMs), input.to, input.hooks ?? null, input.nodes ?? null];
    const [bins, totals, refusals] = await Promise.all([
      query<Bin>(ctx, BINS, [...range, stepSeconds]),
      query<Total>(ctx, TOTALS, range),
      query<HookSeries["refusals"][number]>(ctx, REFUSALS, range),
    ]);
    return { stepSeconds, at, lines: linesOf(bins, at, stepSeconds), totals: totals.map(withQuantiles), refusals };
  },
});

interface Total {
  node: string;
  hook: string;
  ok: number;
  denied: number;
  failed: number;
  latency: number[];
}
type Bin = Omit<Total, "hook"> & { at: Date };

const stepOf = ({ from, to, points }: z.output<typeof readHookSeriesInput>): number => {
  const least = Math.max(HOOK_SAMPLE_SECONDS, (to.getTime() - from.getTime()) / 1_000 / points);
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 3_600) * 3_600;
};

const SUMS = `sum(s.ok)::bigint as ok, sum(s.denied)::bigint as denied, sum(s.failed)::bigint as failed,
  array[${Array.from({ length: HOOK_LATENCY_BOUNDS_MS.length + 1 }, (_, n) => `sum(s.latency[${n + 1}])`).join(", ")}]::float8[] as latency`;
const FROM = `from hook_samples s join broker_nodes n using (node_id) where s.at >= $1 and s.at < $2
  and ($3::text[] is null or s.hook = any($3)) and ($4::text[] is null or n.name = any($4))`;
// 64 nodes with 720 bins each.
const BINS = `select n.name as node, date_bin(make_interval(secs => $5), s.at, timestamptz 'epoch') as at, ${SUMS} ${FROM} group by 1, 2 order by 1, 2 limit ${64 * 720}`;
const TOTALS = `select n.name as node, s.hook, ${SUMS} ${FROM} group by 1, 2 order by 1, 2 limit 1024`;
const REFUSALS = `select n.name as node, r.key as reason, sum(r.value::bigint)::bigint as count
  from hook_samples s join broker_nodes n using (node_id) cross join lateral jsonb_each_text(s.refusals) r where s.at >= $1 and s.at < $2
  and ($3::text[] is null or s.hook = any($3)) and ($4::text[] is null or n.name = any($4)) group by 1, 2 order by 3 desc, 1, 2 limit 1024`;

const query = async <R extends object>(ctx: Context, sql: string, values: unknown[]): Promise<R[]> =>
  (await ctx.db.pool.query<R>(sql, values)).rows;

const withQuantiles = ({ latency, ...total }: Total): HookTotal => ({
  ...total,
  p50: latencyAt(latency, 0.5),
  p95: latencyAt(latency, 0.95),
  p99: latencyAt(latency, 0.99),
});

function linesOf(bins: readonly Bin[], at: readonly number[], stepSeconds: number): HookLine[] {
  const nodes = [...new Set(bins.map((bin) => bin.node))];
  return nodes.map((node) => {
    const own = new Map(bins.filter((bin) => bin.node === node).map((bin) => [bin.at.getTime(), bin]));
    const along = (value: (bin: Bin) => number | null): (number | null)[] =>
      at.map((time) => {
        const bin = own.get(time);
        return bin ? value(bin) : null;
      });
    return {
      node,
      ok: along((bin) => bin.ok / stepSeconds),
      denied: along((bin) => bin.denied / stepSeconds),
      failed: along((bin) => bin.failed / stepSeconds),
      p50: along((bin) => latencyAt(bin.latency, 0.5)),
      p95: along((bin) => latencyAt(bin.latency, 0.95)),
      p99: along((bin) => latencyAt(bin.latency, 0.99)),
    };
  });
}
