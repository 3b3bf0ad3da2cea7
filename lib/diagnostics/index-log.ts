import { z } from "zod";
import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { checkRegex, CLASS_NUMBER_SQL, conditionsOf } from "./log/log-conditions";
import type { AskLog } from "./log/ask-log";
import type { LogReader } from "./log/log-reader";
import type { LogLoop, LoopTold } from "./log/loops";
import { openLog } from "./log/open-log";
import { FAILED_CLASSES, LINE_CLASSES, logFilterSchema, type LineClass, type LogFilter } from "./schemas";
import { PAGE_LINES } from "./terms";

// A page by its numbers is read without a second look at the lines between, which for a rare text took half as long as the index (bench/log-view.bench.ts).
// Of a million lines, a hundred of more than this are met within a tenth of the file.
const MOST_NUMBERS = 1_000;

// Two lines take no more room than the row that would stand for them and its opening.
const FEWEST_FOLDED = 3;

const indexLogSchema = logFilterSchema.extend({ logRequestId: z.uuid() });

/** Where a filter's lines lie, so that any of them can be read without those before. */
export interface LogIndex {
  total: number;
  /** Of every page of 100 lines, the number of its first. */
  anchors: number[];
  /** The numbers of the first thousand lines; a page of theirs is read by them. */
  numbers: number[];
  /** Lines by class, under all of the filter but its classes. */
  counts: Record<LineClass, number>;
  failed: number;
  /** Neighbouring lines of one loop, in order; what is in none stands for itself. */
  folds: LogFold[];
  /** The loops of `folds`. */
  loops: LoopTold[];
}

/** Lines of a filter that are of one loop, without another between them. */
export interface LogFold {
  /** How many lines of the filter come before them. */
  place: number;
  lines: number;
  /** The numbers of the first and the last of them. */
  first: number;
  last: number;
  /** Which of the index's loops. */
  loop: number;
}

/** The verb that counts a filter's lines and says where its pages begin, through a process's reader. */
export const indexLog = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readLog",
    input: indexLogSchema,
    work: async (ctx, { logRequestId, ...filter }): Promise<LogIndex> => {
      const { ask, loops } = await openLog(ctx, reader, logRequestId);
      await checkRegex(ask, filter);
      return selectIndex(ask, filter, await loops());
    },
    audit: ({ logRequestId }) => ({
      action: "diagnostics.indexLog",
      subjectKind: "log_request",
      subjectId: logRequestId,
      goesOnForMinutes: LOOK_MINUTES,
    }),
  });

const rowSchema = z.discriminatedUnion("what", [
  z.object({ what: z.literal("line"), n: z.number(), place: z.number() }),
  z.object({ what: z.literal("count"), class: z.number(), lines: z.number(), shown: z.number() }),
  z.object({
    what: z.literal("fold"),
    n: z.number(),
    place: z.number(),
    last: z.number(),
    shown: z.number(),
    loop: z.number(),
  }),
]);

/** A filter's index for a verb that has checked who asks and the filter. The file is passed over once. */
export async function selectIndex(ask: AskLog, filter: LogFilter, loops: readonly LogLoop[]): Promise<LogIndex> {
  const others = conditionsOf({ ...filter, classes: [], aroundFailures: false });
  const shown = conditionsOf({ ...EVERYTHING, classes: filter.classes, aroundFailures: filter.aroundFailures });
  const rows = z.array(rowSchema).parse(
    await ask(
      `with hits as materialized (
         select n, ${CLASS_NUMBER_SQL} as class, ${shown.where} as shown from ${shown.from} where ${others.where}
       ), places as (
         select n, row_number() over () as place from hits where shown
       )
       select 'line' as what, n, place::integer as place, null::integer as class, null::integer as lines, null::integer as shown,
         null::double as last, null::integer as loop
       from places where place <= ${MOST_NUMBERS} or place % ${PAGE_LINES} = 1
       union all
       select 'count', null, null, class, count(*)::integer, (count(*) filter (where shown))::integer, null, null from hits group by class
       ${loops.length > 0 ? FOLDS_SQL : ""}`,
      loops.length > 0 ? { ...others.parameters, stretches: stretchesOf(loops) } : others.parameters,
    ),
  );
  const lines = rows.filter((row) => row.what === "line");
  const counted = rows.filter((row) => row.what === "count");
  const sum = (of: typeof counted): number => of.reduce((total, row) => total + row.shown, 0);
  const total = sum(counted);
  const found = new Map(counted.map((row) => [LINE_CLASSES[row.class], row.lines]));
  return {
    total,
    failed: sum(counted.filter((row) => FAILED_CLASSES.some((name) => name === LINE_CLASSES[row.class]))),
    anchors: lines.flatMap(({ n, place }) => (place % PAGE_LINES === 1 ? [n] : [])),
    numbers: lines.slice(0, MOST_NUMBERS).map(({ n }) => n),
    counts: countsSchema.parse(Object.fromEntries(LINE_CLASSES.map((name) => [name, found.get(name) ?? 0]))),
    ...foldsOf(
      rows.filter((row) => row.what === "fold"),
      loops,
    ),
  };
}

// Each line of a loop is looked up among the lines shown; those whose places follow one another stand under one row.
const FOLDS_SQL = `
union all
select 'fold', min(n), min(place)::integer, null, null, count(*)::integer, max(n), loop
from (
  select n, place, loop, place - row_number() over (partition by loop order by place) as run
  from places join (
    select unnest(generate_series(stretch.first, stretch.last))::double as n, stretch.loop as loop
    from (select unnest(from_json($stretches, '[{"first":"BIGINT","last":"BIGINT","loop":"INTEGER"}]')) as stretch)
  ) using (n)
)
group by loop, run having count(*) >= ${FEWEST_FOLDED}`;

const stretchesOf = (loops: readonly LogLoop[]): string =>
  JSON.stringify(loops.flatMap(({ stretches }, loop) => stretches.map(({ first, last }) => ({ first, last, loop }))));

type FoldRow = Extract<z.output<typeof rowSchema>, { what: "fold" }>;

/** The folds in order, and of the loops those that have one. */
function foldsOf(rows: readonly FoldRow[], loops: readonly LogLoop[]): Pick<LogIndex, "folds" | "loops"> {
  const used = [...new Set(rows.map(({ loop }) => loop))];
  const placeOf = new Map(used.map((loop, index) => [loop, index]));
  return {
    folds: rows
      .map(({ n, last, place, shown, loop }) => ({
        place: place - 1,
        lines: shown,
        first: n,
        last,
        loop: placeOf.get(loop) ?? 0,
      }))
      .toSorted((a, b) => a.place - b.place),
    loops: used.flatMap((loop) => loops.slice(loop, loop + 1).map(({ told }) => told)),
  };
}

const EVERYTHING = logFilterSchema.parse({});

const countsSchema = z.record(z.enum(LINE_CLASSES), z.number());
