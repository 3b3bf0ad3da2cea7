import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { Context } from "@/lib/rbac/context";
import { countLogRequests } from "./count-log-requests";
import { BOARD_HOURS, selectPage, type LogRequestPage } from "./list-log-requests";
import { CARD_SQL } from "./log-request-card";
import { BOARD_GROUPS, GROUP_STATES, type BoardGroup } from "./schemas";

export interface LogBoard {
  columns: Record<BoardGroup, LogRequestPage & { total: number }>;
  /** Requests by state: all that are open, and those that ended within `endedWithinHours`. */
  counts: Record<string, number>;
  /** Waiting requests by why: for their time or a choice, for the phone to come, for us to know about it, or only for their turn. */
  waitingFor: { begin: number; phone: number; us: number; turn: number };
  endedWithinHours: number;
  /** When this was true, ISO 8601. */
  at: string;
}

/** The board: the first cards of every group, and counts of all. */
export const getLogBoard = readVerb({
  permission: "diagnostics.read",
  input: z.object({}),
  work: async (ctx): Promise<LogBoard> => {
    const [counts, waitingFor, ...pages] = await Promise.all([
      countLogRequests(ctx),
      countWaiting(ctx),
      ...BOARD_GROUPS.map((group) => selectPage(ctx, { group, limit: 20 })),
    ]);
    const total = (group: BoardGroup): number =>
      GROUP_STATES[group].reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    const column = (group: BoardGroup) => ({
      ...(pages[BOARD_GROUPS.indexOf(group)] ?? { cards: [], next: null }),
      total: total(group),
    });
    return {
      columns: { waiting: column("waiting"), active: column("active"), ready: column("ready"), ended: column("ended") },
      counts,
      waitingFor,
      endedWithinHours: BOARD_HOURS,
      at: ctx.now().toISOString(),
    };
  },
});

async function countWaiting(ctx: Context): Promise<LogBoard["waitingFor"]> {
  const found = await ctx.db.pool.query<LogBoard["waitingFor"]>(
    `select count(*) filter (where state = 'draft') as begin,
            count(*) filter (where state <> 'draft' and phone_state = 'unknown') as us,
            count(*) filter (where state <> 'draft' and phone_state = 'online') as turn,
            count(*) filter (where state <> 'draft' and (phone_state not in ('unknown', 'online') or phone_state is null)) as phone
     from (${CARD_SQL} where r.state = any($1)) waiting`,
    [[...GROUP_STATES.waiting]],
  );
  return found.rows[0] ?? { begin: 0, phone: 0, us: 0, turn: 0 };
}
