import type { z } from "zod";
import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { clientKeyOf } from "@/lib/presence/client-key";
import type { Context } from "@/lib/rbac/context";
import { listTimelineSchema, type ListTimelineResult, type TimelineEntry } from "./schemas";
import { timelineSql } from "./timeline-sources";
import { weaveFaults } from "./weave-faults";

/**
 * One client's story, newest first: sessions, refusals, incidents of its nodes, questions to the broker, what operators did and noted,
 * messages to it, log requests. A read-only union; nobody writes into it. An ending that was ours says so.
 */
export const listTimeline = readVerb({
  permission: "timeline.read",
  input: listTimelineSchema,
  work: async (ctx, input): Promise<ListTimelineResult> => {
    const end = input.to ? { atUs: Date.parse(input.to) * 1_000, key: "" } : END;
    const before = input.cursor === undefined ? end : readCursor(input.cursor);
    const from = input.from ? new Date(input.from) : BEGINNING;
    const clientKey = clientKeyOf(input.clientId);
    const rows = await readRows(ctx, { input, before, from, clientKey });
    const shown = rows.slice(0, input.limit);
    const last = rows.length > input.limit ? shown.at(-1) : undefined;
    const page = {
      entries: shown.map(toEntry),
      nextCursor: last ? Buffer.from(JSON.stringify([last.at_us, last.key])).toString("base64url") : null,
      incidentsLeftOut: false,
    };
    if (input.kind && input.kind !== "connection") return page;
    // Entries of incidents belong to the page whose time they are in, so that paging neither repeats nor skips one.
    const span = { fromMs: last ? last.at_us / 1_000 : from.getTime(), toMs: before.atUs / 1_000 };
    return { ...page, ...(await weaveFaults(ctx.db.pool, { clientKey, entries: page.entries, span })) };
  },
  audit: (input) => ({
    action: "timeline.listTimeline",
    subjectKind: "client",
    subjectId: input.clientId,
    goesOnForMinutes: LOOK_MINUTES,
  }),
});

const DAY_MS = 86_400_000;
// The story is read back in such stretches until a page is full: nearly always the first is enough, and opens two days' partitions of
// sessions, not four hundred.
const BACK_DAYS = [2, 30] as const;

/** The page's rows and one more, where there is one. */
async function readRows(
  ctx: Context,
  page: { input: z.output<typeof listTimelineSchema>; before: Cursor; from: Date; clientKey: string },
): Promise<Row[]> {
  const { input, from, clientKey } = page;
  const wanted = input.limit + 1;
  const sql = timelineSql(input.kind ?? null);
  const startMs = Math.min(page.before.atUs / 1_000, ctx.now().getTime());
  const bounds = BACK_DAYS.map((days) => new Date(startMs - days * DAY_MS)).filter((bound) => bound > from);
  const rows: Row[] = [];
  let { before } = page;
  for (const lower of [...bounds, from]) {
    const read = await ctx.db.pool.query<Row>(sql, [
      clientKey,
      input.clientId,
      before.atUs,
      before.key,
      wanted - rows.length,
      lower,
      new Date(Math.floor(before.atUs / 1_000) + 1),
    ]);
    rows.push(...read.rows);
    if (rows.length >= wanted) break;
    // What is at the bound itself was in this stretch.
    before = { atUs: lower.getTime() * 1_000, key: "" };
  }
  return rows;
}

interface Row {
  key: string;
  at_us: number;
  body: object;
}

// The bodies are built by the sources in the words of TimelineEntry; key and instant come from the union.
const toEntry = (row: Row): TimelineEntry =>
  ({ ...row.body, key: row.key, at: new Date(row.at_us / 1_000).toISOString() }) as TimelineEntry;

// Before anything of ours.
const BEGINNING = new Date(0);
// Above every instant a timestamp of ours can have.
const END = { atUs: 8_640_000_000_000_000, key: "" };

interface Cursor {
  atUs: number;
  key: string;
}

function readCursor(cursor: string): Cursor {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parsed) && Number.isSafeInteger(parsed[0]) && typeof parsed[1] === "string")
      return { atUs: Number(parsed[0]), key: parsed[1] };
  } catch {
    // Said below, with what is not a list.
  }
  throw new AppError("VALIDATION", "cursor: not one this timeline gave. Read it again from the beginning.");
}
