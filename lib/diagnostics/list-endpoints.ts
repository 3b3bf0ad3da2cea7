import { z } from "zod";
import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { FAILED_SQL } from "./log/log-conditions";
import type { LogReader } from "./log/log-reader";
import { openLog } from "./log/open-log";
import { logRequestIdSchema } from "./schemas";

const endpointSchema = z.object({
  /** Method and path, identifiers as `{id}`. */
  endpoint: z.string(),
  calls: z.number(),
  failed: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  bytes: z.number(),
  /** Its first failed call; null when none failed. */
  firstFailure: z.number().nullable(),
});
export type EndpointRow = z.output<typeof endpointSchema>;

// A log of a phone has a few dozen; more are addresses that hold what the template does not know.
export const MOST_ENDPOINTS = 500;

/** SQL of what an endpoint's calls come to, over the alias of the Parquet's columns. */
export const ENDPOINT_COLUMNS = `count(*)::integer as calls, (count(*) filter (where ${FAILED_SQL}))::integer as failed,
  quantile_cont(ms, 0.5)::double as "p50Ms", quantile_cont(ms, 0.95)::double as "p95Ms", quantile_cont(ms, 0.99)::double as "p99Ms"`;

/** The verb that lists a log's endpoints, the most failed first, then the most called; at most 500. */
export const listEndpoints = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: logRequestIdSchema,
    work: async (ctx, { logRequestId }): Promise<EndpointRow[]> => {
      const { ask } = await openLog(ctx, reader, logRequestId);
      const rows = await ask(
        `select endpoint, ${ENDPOINT_COLUMNS}, coalesce(sum(bytes), 0)::double as bytes,
           min(n) filter (where ${FAILED_SQL}) as "firstFailure"
         from read_parquet($file) where kind = 'call' group by endpoint
         order by failed desc, calls desc, endpoint limit ${MOST_ENDPOINTS}`,
      );
      return z.array(endpointSchema).parse(rows);
    },
    audit: ({ logRequestId }) => ({
      action: "diagnostics.listEndpoints",
      subjectKind: "log_request",
      subjectId: logRequestId,
      goesOnForMinutes: LOOK_MINUTES,
    }),
  });
