import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import type { Context } from "@/lib/rbac/context";
import { ENDPOINT_COLUMNS, MOST_ENDPOINTS } from "./list-endpoints";
import type { AskLog } from "./log/ask-log";
import type { LogReader } from "./log/log-reader";
import { openLog } from "./log/open-log";

const compareLogSchema = z.object({
  logRequestId: z.uuid(),
  /** Another log; absent: the fleet's logs of the same version of the app. */
  otherId: z.uuid().nullish(),
});

/** What the calls of an endpoint come to. Of a fleet each is the median over its logs. */
export interface EndpointFigures {
  calls: number;
  /** 0 to 1. */
  failedShare: number;
  p50Ms: number | null;
  p95Ms: number | null;
}

export interface LogComparison {
  other:
    | { kind: "log"; logRequestId: string; clientId: string; app: string | null }
    | { kind: "fleet"; app: string; logs: number };
  /** Those that differ most in failures first; null where an endpoint was not called. */
  endpoints: { endpoint: string; here: EndpointFigures | null; there: EndpointFigures | null }[];
}

// The latest ones; each is a file to read.
const MOST_FLEET_LOGS = 30;
const MOST_COMPARED = 200;

/** The verb that sets a log beside another, or beside the median of the fleet's latest 30 logs of its version of the app. */
export const compareLog = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: compareLogSchema,
    work: async (ctx, { logRequestId, otherId }): Promise<LogComparison> => {
      const here = await figuresOf((await openLog(ctx, reader, logRequestId)).ask);
      const { other, there } = otherId
        ? await readOther(ctx, reader, otherId)
        : await readFleet(ctx, reader, logRequestId);
      return { other, endpoints: sideBySide(here, there) };
    },
    audit: ({ logRequestId, otherId }) => ({
      action: "diagnostics.compareLog",
      subjectKind: "log_request",
      subjectId: logRequestId,
      details: { with: otherId ?? "fleet" },
    }),
  });

type Figures = ReadonlyMap<string, EndpointFigures>;

async function readOther(
  ctx: Context,
  reader: LogReader,
  otherId: string,
): Promise<{ other: LogComparison["other"]; there: Figures }> {
  const there = await figuresOf((await openLog(ctx, reader, otherId)).ask);
  const row = await ctx.db.prisma.logRequest.findUniqueOrThrow({ where: { id: otherId } });
  return { other: { kind: "log", logRequestId: otherId, clientId: row.clientId, app: row.logApp }, there };
}

async function readFleet(
  ctx: Context,
  reader: LogReader,
  logRequestId: string,
): Promise<{ other: LogComparison["other"]; there: Figures }> {
  const { rows } = await ctx.db.pool.query<{ app: string; log_key: string }>(
    `select o.log_app as app, o.log_key from log_requests r join log_requests o on o.log_app = r.log_app
     where r.id = $1 and o.client_id <> r.client_id and o.state = 'ready' and o.log_key is not null
     order by o.state_at desc limit $2`,
    [logRequestId, MOST_FLEET_LOGS],
  );
  const app = rows[0]?.app;
  if (!app) throw new AppError("NOT_FOUND", "No other phone's log of this version of the app is kept.");
  const logs: Figures[] = [];
  for (const { log_key } of rows) logs.push(await figuresOf((await reader.open(log_key)).ask));
  return { other: { kind: "fleet", app, logs: logs.length }, there: medians(logs) };
}

const figuresSchema = z.array(
  z.object({
    endpoint: z.string(),
    calls: z.number(),
    failed: z.number(),
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
  }),
);

async function figuresOf(ask: AskLog): Promise<Figures> {
  const rows = await ask(
    `select endpoint, ${ENDPOINT_COLUMNS} from read_parquet($file) where kind = 'call' group by endpoint
     order by calls desc, endpoint limit ${MOST_ENDPOINTS}`,
  );
  return new Map(
    figuresSchema
      .parse(rows)
      .map(({ endpoint, calls, failed, p50Ms, p95Ms }) => [
        endpoint,
        { calls, failedShare: failed / calls, p50Ms, p95Ms },
      ]),
  );
}

function medians(logs: readonly Figures[]): Figures {
  const endpoints = new Set(logs.flatMap((log) => [...log.keys()]));
  return new Map(
    [...endpoints].map((endpoint) => {
      const found = logs.flatMap((log) => log.get(endpoint) ?? []);
      return [
        endpoint,
        {
          calls: median(found.map(({ calls }) => calls)) ?? 0,
          failedShare: median(found.map(({ failedShare }) => failedShare)) ?? 0,
          p50Ms: median(found.flatMap(({ p50Ms }) => p50Ms ?? [])),
          p95Ms: median(found.flatMap(({ p95Ms }) => p95Ms ?? [])),
        },
      ];
    }),
  );
}

function median(values: readonly number[]): number | null {
  const inOrder = values.toSorted((a, b) => a - b);
  const [low, high] = [inOrder[Math.floor((inOrder.length - 1) / 2)], inOrder[Math.floor(inOrder.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function sideBySide(here: Figures, there: Figures): LogComparison["endpoints"] {
  // Where one side has no call there is nothing to set beside it: those come last.
  const differs = (endpoint: string): number => {
    const [own, other] = [here.get(endpoint), there.get(endpoint)];
    return own && other ? Math.abs(own.failedShare - other.failedShare) : -1;
  };
  const calls = (endpoint: string): number => here.get(endpoint)?.calls ?? 0;
  return [...new Set([...here.keys(), ...there.keys()])]
    .toSorted((a, b) => differs(b) - differs(a) || calls(b) - calls(a) || a.localeCompare(b))
    .slice(0, MOST_COMPARED)
    .map((endpoint) => ({ endpoint, here: here.get(endpoint) ?? null, there: there.get(endpoint) ?? null }));
}
