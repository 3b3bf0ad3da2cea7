import { readVerb } from "@/lib/audit/verb";
import type { Context } from "@/lib/rbac/context";
import type { z } from "zod";
import { CARD_SQL, toCard, type CardRow, type LogRequestCard } from "./log-request-card";
import { GROUP_STATES, listLogRequestsSchema } from "./schemas";

/** Requests that have ended leave lists and board after this. */
export const BOARD_HOURS = 24;

export interface LogRequestPage {
  /** Waiting: oldest first. All other groups: newest first. */
  cards: LogRequestCard[];
  /** What to ask for next, or null at the end. */
  next: { stateAt: string; id: string } | null;
}

/** One group of requests, a page at a time. */
export const listLogRequests = readVerb({
  permission: "diagnostics.read",
  input: listLogRequestsSchema,
  work: (ctx, input): Promise<LogRequestPage> => selectPage(ctx, input),
});

/** Requests that ended before are not on the board. */
export const boardStart = (ctx: Context): Date => new Date(ctx.now().getTime() - BOARD_HOURS * 3_600_000);

/** What `listLogRequests` answers, for verbs that have checked the permission. */
export async function selectPage(ctx: Context, input: z.output<typeof listLogRequestsSchema>): Promise<LogRequestPage> {
  const oldestFirst = input.group === "waiting";
  const [order, beyond] = oldestFirst ? ["asc", ">"] : ["desc", "<"];
  const ended = input.group === "ready" || input.group === "ended";
  const found = await ctx.db.pool.query<CardRow>(
    `${CARD_SQL}
     where r.state = any($1) and ($2::timestamptz is null or r.state_at >= $2)
       and ($3::timestamptz is null or (r.state_at, r.id) ${beyond} ($3, $4::uuid))
     order by r.state_at ${order}, r.id ${order} limit $5`,
    [
      [...GROUP_STATES[input.group]],
      ended ? boardStart(ctx) : null,
      input.after?.stateAt ?? null,
      input.after?.id ?? null,
      input.limit + 1,
    ],
  );
  const cards = found.rows.slice(0, input.limit).map(toCard);
  const last = cards.at(-1);
  return { cards, next: found.rows.length > input.limit && last ? { stateAt: last.stateAt, id: last.id } : null };
}
