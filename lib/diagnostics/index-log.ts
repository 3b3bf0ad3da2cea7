import { z } from "zod";
import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { checkRegex, CLASS_SQL, conditionsOf, FAILED_SQL } from "./log/log-conditions";
import type { AskLog, LogReader } from "./log/log-reader";
import { openLog } from "./log/open-log";
import { LINE_CLASSES, logFilterSchema, type LineClass, type LogFilter } from "./schemas";

/** Lines of a page, as `anchors` count them. */
export const PAGE_LINES = 100;

const indexLogSchema = logFilterSchema.extend({ logRequestId: z.uuid() });

/** Where a filter's lines lie, so that any of them can be read without those before. */
export interface LogIndex {
  total: number;
  /** Of every page of 100 lines, the number of its first. */
  anchors: number[];
  /** Lines by class, under all of the filter but its classes. */
  counts: Record<LineClass, number>;
  failed: number;
}

/** The verb that counts a filter's lines and says where its pages begin, through a process's reader. */
export const indexLog = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: indexLogSchema,
    work: async (ctx, { logRequestId, ...filter }): Promise<LogIndex> => {
      const ask = await openLog(ctx, reader, logRequestId);
      await checkRegex(ask, filter);
      return selectIndex(ask, filter);
    },
    audit: ({ logRequestId }) => ({
      action: "diagnostics.indexLog",
      subjectKind: "log_request",
      subjectId: logRequestId,
      goesOnForMinutes: LOOK_MINUTES,
    }),
  });

const countsSchema = z.record(z.enum(LINE_CLASSES), z.number());

/** A filter's index for a verb that has checked who asks and the filter. */
export async function selectIndex(ask: AskLog, filter: LogFilter): Promise<LogIndex> {
  const { where, parameters } = conditionsOf(filter);
  const others = conditionsOf({ ...filter, classes: [], aroundFailures: false });
  const [pages, counted] = await Promise.all([
    ask(
      `select n from (select n, row_number() over () as place from read_parquet($file) where ${where})
       where place % ${PAGE_LINES} = 1`,
      parameters,
    ),
    ask(
      `select class, count(*)::integer as count from (select ${CLASS_SQL} as class from read_parquet($file) where ${others.where})
       group by class`,
      others.parameters,
    ),
  ]);
  const [{ total, failed } = { total: 0, failed: 0 }] = z
    .array(z.object({ total: z.number(), failed: z.number() }))
    .parse(
      await ask(
        `select count(*)::integer as total, (count(*) filter (where ${FAILED_SQL}))::integer as failed
         from read_parquet($file) where ${where}`,
        parameters,
      ),
    );
  const found = new Map(
    z
      .array(z.object({ class: z.enum(LINE_CLASSES), count: z.number() }))
      .parse(counted)
      .map((row) => [row.class, row.count]),
  );
  return {
    total,
    failed,
    anchors: z
      .array(z.object({ n: z.number() }))
      .parse(pages)
      .map(({ n }) => n),
    counts: countsSchema.parse(Object.fromEntries(LINE_CLASSES.map((name) => [name, found.get(name) ?? 0]))),
  };
}
