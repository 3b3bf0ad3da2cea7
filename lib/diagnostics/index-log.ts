import { z } from "zod";
import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { checkRegex, CLASS_NUMBER_SQL, conditionsOf } from "./log/log-conditions";
import type { AskLog, LogReader } from "./log/log-reader";
import { openLog } from "./log/open-log";
import { FAILED_CLASSES, LINE_CLASSES, logFilterSchema, type LineClass, type LogFilter } from "./schemas";
import { PAGE_LINES } from "./terms";

// Of a million lines, a hundred of more are met within a tenth of the file; of fewer, the whole file would be passed over again for each page.
const MOST_NUMBERS = 1_000;

const indexLogSchema = logFilterSchema.extend({ logRequestId: z.uuid() });

/** Where a filter's lines lie, so that any of them can be read without those before. */
export interface LogIndex {
  total: number;
  /** Of every page of 100 lines, the number of its first. */
  anchors: number[];
  /** The number of every line, where they are few; then a page is read by them. */
  numbers: number[] | null;
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

const rowSchema = z.object({
  what: z.enum(["line", "count"]),
  value: z.number(),
  class: z.number(),
  shown: z.number(),
});

/** A filter's index for a verb that has checked who asks and the filter. The file is passed over once. */
export async function selectIndex(ask: AskLog, filter: LogFilter): Promise<LogIndex> {
  const others = conditionsOf({ ...filter, classes: [], aroundFailures: false });
  const shown = conditionsOf({ ...EVERYTHING, classes: filter.classes, aroundFailures: filter.aroundFailures });
  const rows = z.array(rowSchema).parse(
    await ask(
      `with hits as materialized (
         select n, ${CLASS_NUMBER_SQL} as class, ${shown.where} as shown from ${shown.from} where ${others.where}
       ), places as (
         select n, row_number() over () as place from hits where shown
       )
       select 'line' as what, n as value, 0 as class, place::integer as shown from places
       where place <= ${MOST_NUMBERS} or place % ${PAGE_LINES} = 1
       union all
       select 'count', count(*)::double, class, (count(*) filter (where shown))::integer from hits group by class`,
      others.parameters,
    ),
  );
  const counted = rows.filter(({ what }) => what === "count");
  const lines = rows.filter(({ what }) => what === "line");
  const sum = (of: readonly (typeof counted)[number][]): number => of.reduce((total, row) => total + row.shown, 0);
  const total = sum(counted);
  const found = new Map(counted.map((row) => [LINE_CLASSES[row.class], row.value]));
  return {
    total,
    failed: sum(counted.filter((row) => FAILED_CLASSES.some((name) => name === LINE_CLASSES[row.class]))),
    anchors: lines.flatMap(({ value, shown: place }) => (place % PAGE_LINES === 1 ? [value] : [])),
    numbers: total <= MOST_NUMBERS ? lines.map(({ value }) => value) : null,
    counts: countsSchema.parse(Object.fromEntries(LINE_CLASSES.map((name) => [name, found.get(name) ?? 0]))),
  };
}

const EVERYTHING = logFilterSchema.parse({});

const countsSchema = z.record(z.enum(LINE_CLASSES), z.number());
