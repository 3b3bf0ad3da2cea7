import { z } from "zod";
import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { clientKeyOf } from "@/lib/presence/client-key";
import { readSessionsAround } from "@/lib/presence/read-sessions";
import type { Context } from "@/lib/rbac/context";
import { readMomentSchema } from "./schemas";

// Either side of the moment: the day around it, whatever the phone's zone of time.
const AROUND_MS = 12 * 3_600_000;
const MOST_LOGS = 5;

/** Whether a client had a session at a moment, by our own record; instants are ISO 8601 in UTC. */
export type PresenceThen =
  | { status: "online"; since: string; /** Null: it has not ended. */ until: string | null; node: string }
  | { status: "offline"; since: string; /** Null: it has not come back. */ until: string | null }
  /** Before its first session that is known, or the record is older than what is kept. */
  | { status: "unknown" };

/** Another log of the same client, of the twelve hours before or after. */
export interface OtherLog {
  id: string;
  firstCallAt: string;
  lastCallAt: string;
  calls: number;
  failedCalls: number;
}

/** What else is known of a client at the moment of a line of its log. */
export interface LogMoment {
  presence: PresenceThen;
  logs: OtherLog[];
}

/** The verb that says what else is known of a moment of a log: the client's session then, and its other logs of that day. */
export const readMoment = readVerb({
  permission: "diagnostics.readLog",
  input: readMomentSchema,
  work: async (ctx, { logRequestId, at }): Promise<LogMoment> => {
    const request = await ctx.db.prisma.logRequest.findUnique({
      where: { id: logRequestId },
      select: { clientId: true },
    });
    if (!request) throw new AppError("NOT_FOUND", "There is no such log request. It may have been removed by age.");
    const moment = { clientId: request.clientId, atMs: Date.parse(at) };
    const [presence, logs] = await Promise.all([
      readPresenceThen(ctx, moment),
      listOtherLogs(ctx, { ...moment, logRequestId }),
    ]);
    return { presence, logs };
  },
  audit: ({ logRequestId }) => ({
    action: "diagnostics.readMoment",
    subjectKind: "log_request",
    subjectId: logRequestId,
    goesOnForMinutes: LOOK_MINUTES,
  }),
});

interface Moment {
  clientId: string;
  atMs: number;
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

const openSchema = z.array(z.object({ startedMs: z.number(), node: z.string() }));

async function readPresenceThen(ctx: Context, { clientId, atMs }: Moment): Promise<PresenceThen> {
  const clientKey = clientKeyOf(clientId);
  const [{ before, after }, rows] = await Promise.all([
    readSessionsAround(ctx.db.pool, { clientKey, at: new Date(atMs) }),
    ctx.db.pool.query(
      `select (p.ver >> 2) / 1000.0::float8 as "startedMs", n.name as node from presence p join broker_nodes n using (node_id)
       where p.client_key = $1 and p.ver & 3 = 0`,
      [clientKey],
    ),
  ]);
  const [open] = openSchema.parse(rows.rows);
  const next = after ?? open;
  if (next && next.startedMs <= atMs)
    return {
      status: "online",
      since: isoOf(next.startedMs),
      until: after ? isoOf(after.endedMs) : null,
      node: next.node,
    };
  if (!before) return { status: "unknown" };
  return { status: "offline", since: isoOf(before.endedMs), until: next ? isoOf(next.startedMs) : null };
}

async function listOtherLogs(
  ctx: Context,
  { clientId, atMs, logRequestId }: Moment & { logRequestId: string },
): Promise<OtherLog[]> {
  const rows = await ctx.db.prisma.logRequest.findMany({
    where: {
      clientId,
      state: "ready",
      id: { not: logRequestId },
      firstCallAt: { lte: new Date(atMs + AROUND_MS) },
      lastCallAt: { gte: new Date(atMs - AROUND_MS) },
    },
    select: { id: true, firstCallAt: true, lastCallAt: true, calls: true, failedCalls: true },
    orderBy: { firstCallAt: "asc" },
    take: MOST_LOGS,
  });
  return rows.flatMap(({ id, firstCallAt, lastCallAt, calls, failedCalls }) =>
    firstCallAt && lastCallAt
      ? [
          {
            id,
            firstCallAt: firstCallAt.toISOString(),
            lastCallAt: lastCallAt.toISOString(),
            calls: calls ?? 0,
            failedCalls: failedCalls ?? 0,
          },
        ]
      : [],
  );
}
