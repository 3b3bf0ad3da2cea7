import { z } from "zod";
import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { can } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { selectFindings, type LogFindings } from "./log/findings";
import { CLASSED, COUNT_COLUMNS, selectHistogram } from "./log/histogram";
import { FAILED_SQL, isoSql } from "./log/log-conditions";
import type { AskLog } from "./log/ask-log";
import type { LogReader } from "./log/log-reader";
import { openLog } from "./log/open-log";
import { REDACTED_KINDS, type RedactedCounts } from "./log/redaction-rules";
import { readPresenceSpans, type PresenceSpans } from "./offline-spans";
import { logRequestIdSchema, logSummarySchema, statusCountsSchema, type LogSummary } from "./schemas";

/** What ingest learnt of a log, and how long its parts are kept; instants are ISO 8601 in UTC. */
export interface LogFacts {
  format: "lines" | "har";
  /** The version of the app that most calls were made by. */
  app: string | null;
  redacted: RedactedCounts;
  /** How far the phone's clock was ahead of ours, by which times were set right; null: nobody knew. */
  clockAheadMs: number | null;
  storedBytes: number | null;
  until: string | null;
  /** Until when the original is kept; null: it is gone. */
  originalUntil: string | null;
  mayReadOriginal: boolean;
  mayDelete: boolean;
}

export interface LogAtAGlance extends LogSummary, PresenceSpans {
  findings: LogFindings;
  facts: LogFacts;
}

/** The verb that says what a log says at a glance, through a process's reader. In the audit like reading it. */
export const summariseLog = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: logRequestIdSchema,
    work: async (ctx, { logRequestId }): Promise<LogAtAGlance> => {
      const { ask, loops } = await openLog(ctx, reader, logRequestId);
      const [{ firstMs, lastMs, ...summary }, findings, { clientId, facts }] = await Promise.all([
        selectSummary(ask),
        loops().then((found) => selectFindings(ask, found)),
        readFacts(ctx, logRequestId),
      ]);
      const presence =
        firstMs === null || lastMs === null
          ? { offline: [], knownFromMs: null }
          : await readPresenceSpans(ctx, clientId, { fromMs: firstMs, toMs: lastMs });
      return { ...summary, ...presence, findings, facts };
    },
    audit: ({ logRequestId }) => ({
      action: "diagnostics.summariseLog",
      subjectKind: "log_request",
      subjectId: logRequestId,
      goesOnForMinutes: LOOK_MINUTES,
    }),
  });

async function selectSummary(ask: AskLog): Promise<LogSummary & { firstMs: number | null; lastMs: number | null }> {
  const totals = totalsSchema.parse((await ask(TOTALS_SQL))[0]);
  const [worst, first, slowest, histogram] = await Promise.all([
    ask(WORST_SQL),
    ask(`${NOTABLE_SQL} and ${FAILED_SQL} order by n limit 1`),
    ask(`${NOTABLE_SQL} and ms is not null order by ms desc, n limit 1`),
    selectHistogram(ask, totals),
  ]);
  const summary = logSummarySchema.parse({
    ...totals,
    counts: statusCountsSchema.parse(totals),
    firstAt: totals.firstMs === null ? null : new Date(totals.firstMs).toISOString(),
    lastAt: totals.lastMs === null ? null : new Date(totals.lastMs).toISOString(),
    worstEndpoint: worst[0] ?? null,
    firstFailure: first[0] ?? null,
    slowest: slowest[0] ?? null,
    histogram,
  });
  return { ...summary, firstMs: totals.firstMs, lastMs: totals.lastMs };
}

async function readFacts(ctx: Context, logRequestId: string): Promise<{ clientId: string; facts: LogFacts }> {
  const row = await ctx.db.prisma.logRequest.findUniqueOrThrow({ where: { id: logRequestId } });
  return {
    clientId: row.clientId,
    facts: {
      format: row.logFormat === "har" ? "har" : "lines",
      app: row.logApp,
      redacted: redactedSchema.parse(row.redacted ?? {}),
      clockAheadMs: row.clockAheadMs === null ? null : Number(row.clockAheadMs),
      storedBytes: row.logBytes === null ? null : Number(row.logBytes),
      until: row.logUntil?.toISOString() ?? null,
      originalUntil: row.originalKey ? (row.originalUntil?.toISOString() ?? null) : null,
      mayReadOriginal: can(ctx.actor, "diagnostics.readOriginal"),
      mayDelete: can(ctx.actor, "diagnostics.deleteLog"),
    },
  };
}

const redactedSchema = z.partialRecord(z.enum(REDACTED_KINDS), z.number());

const TOTALS_SQL = `select ${COUNT_COLUMNS},
  (count(*) filter (where kind = 'call'))::integer as calls, (count(*) filter (where kind = 'text'))::integer as "textLines",
  count(distinct endpoint)::integer as endpoints,
  min(epoch_ms(t))::double as "firstMs", max(epoch_ms(t))::double as "lastMs" from ${CLASSED}`;

const WORST_SQL = `select endpoint, (count(*) filter (where ${FAILED_SQL}))::integer as failed, count(*)::integer as calls
  from read_parquet($file) where kind = 'call' group by endpoint having failed > 0
  order by failed desc, calls, endpoint limit 1`;

const NOTABLE_SQL = `select n, ${isoSql("t")} as t, endpoint, status, ms, attempt
  from read_parquet($file) where kind = 'call'`;

const totalsSchema = statusCountsSchema.extend({
  calls: z.number(),
  textLines: z.number(),
  endpoints: z.number(),
  firstMs: z.number().nullable(),
  lastMs: z.number().nullable(),
});
