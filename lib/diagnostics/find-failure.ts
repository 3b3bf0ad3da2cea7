import { z } from "zod";
import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { checkRegex, conditionsOf, FAILED_SQL } from "./log/log-conditions";
import type { LogReader } from "./log/log-reader";
import { openLog } from "./log/open-log";
import { logFilterSchema } from "./schemas";

const findFailureSchema = logFilterSchema.extend({
  logRequestId: z.uuid(),
  n: z.number().min(0),
  direction: z.enum(["next", "previous"]),
});

/** A failed call, and the how many-eth it is. Null: there is none further on. */
export interface FoundFailure {
  n: number | null;
  /** From 1. */
  place: number;
  of: number;
  /** How many lines of the filter come before it. */
  index: number;
}

/** The verb that finds the next or the previous failed call under a filter, through a process's reader. */
export const findFailure = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: findFailureSchema,
    work: async (ctx, { logRequestId, n, direction, ...filter }): Promise<FoundFailure> => {
      const { ask } = await openLog(ctx, reader, logRequestId);
      await checkRegex(ask, filter);
      const { from, where, parameters } = conditionsOf(filter);
      const [edge, compared] = direction === "next" ? ["min", ">"] : ["max", "<"];
      const rows = await ask(
        `with found as (select ${edge}(n) as n from ${from} where n ${compared} $n and ${FAILED_SQL} and ${where})
         select (select n from found) as n,
           (count(*) filter (where ${FAILED_SQL} and n <= (select n from found)))::integer as place,
           (count(*) filter (where ${FAILED_SQL}))::integer as "of",
           (count(*) filter (where n < (select n from found)))::integer as "index"
         from ${from} where ${where}`,
        { ...parameters, n },
      );
      return foundSchema.parse(rows[0]);
    },
    audit: ({ logRequestId }) => ({
      action: "diagnostics.findFailure",
      subjectKind: "log_request",
      subjectId: logRequestId,
      goesOnForMinutes: LOOK_MINUTES,
    }),
  });

const foundSchema = z.object({ n: z.number().nullable(), place: z.number(), of: z.number(), index: z.number() });
