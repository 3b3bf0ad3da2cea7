import { z } from "zod";
import { LOOK_MINUTES, readVerb, writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import type { Context } from "@/lib/rbac/context";
import type { LogReader } from "./log/log-reader";
import { openLog } from "./log/open-log";
import { selectPage, type LogPage } from "./read-log";
import { logFilterSchema, logRequestIdSchema } from "./schemas";

const HOUR_MS = 3_600_000;
const LONGEST_HOURS = 7 * 24;
const MOST_SHARES = 100;

const shareLogSchema = z
  .object({
    logRequestId: z.uuid(),
    /** Only these lines, both inclusive; absent: all. */
    lines: z.object({ first: z.int().min(1), last: z.int().min(1) }).nullish(),
    expiresInHours: z.int().min(1).max(LONGEST_HOURS).default(24),
  })
  .refine(({ lines }) => !lines || lines.first <= lines.last, {
    path: ["lines"],
    message: "The last line is before the first",
  });

/** A link to a redacted log, as those who may read the log see it; instants are ISO 8601 in UTC. */
export interface LogShare {
  id: string;
  lines: { first: number; last: number } | null;
  createdByName: string;
  createdAt: string;
  expiresAt: string;
  revokedAt: string | null;
  views: number;
  lastViewedAt: string | null;
}

/** Makes a link to a redacted log, or to some of its lines, that any operator with Diagnostics may open until it expires or is revoked. */
export const shareLog = writeVerb({
  permission: "diagnostics.readLog",
  input: shareLogSchema,
  work: async (ctx, { logRequestId, lines, expiresInHours }) => {
    const ready = await ctx.tx.logRequest.count({ where: { id: logRequestId, state: "ready" } });
    if (ready === 0) throw new AppError("NOT_FOUND", "There is no such log to share.");
    const share = await ctx.tx.logShare.create({
      data: {
        logRequestId,
        firstLine: lines?.first ?? null,
        lastLine: lines?.last ?? null,
        createdBy: ctx.actor.id,
        createdByName: ctx.actor.name,
        createdAt: ctx.now(),
        expiresAt: new Date(ctx.now().getTime() + expiresInHours * HOUR_MS),
      },
    });
    return {
      result: { shareId: share.id },
      audit: {
        action: "diagnostics.shareLog",
        subjectKind: "log_request",
        subjectId: logRequestId,
        details: { shareId: share.id, expiresInHours, ...(lines ? { first: lines.first, last: lines.last } : {}) },
      },
    };
  },
});

/** Ends a link at once; safe to call twice. */
export const revokeShare = writeVerb({
  permission: "diagnostics.readLog",
  input: z.object({ shareId: z.uuid() }),
  work: async (ctx, { shareId }) => {
    const share = await ctx.tx.logShare.findUnique({ where: { id: shareId } });
    if (!share) throw new AppError("NOT_FOUND", "There is no such link.");
    await ctx.tx.logShare.updateMany({
      where: { id: shareId, revokedAt: null },
      data: { revokedAt: ctx.now(), revokedByName: ctx.actor.name },
    });
    return {
      result: undefined,
      audit: {
        action: "diagnostics.revokeShare",
        subjectKind: "log_request",
        subjectId: share.logRequestId,
        details: { shareId },
      },
    };
  },
});

/** A log's links, the latest first; at most a hundred. */
export const listShares = readVerb({
  permission: "diagnostics.readLog",
  input: logRequestIdSchema,
  work: async (ctx, { logRequestId }): Promise<LogShare[]> => {
    const rows = await ctx.db.prisma.logShare.findMany({
      where: { logRequestId },
      orderBy: { createdAt: "desc" },
      take: MOST_SHARES,
    });
    return rows.map((row) => ({
      id: row.id,
      lines: row.firstLine === null || row.lastLine === null ? null : { first: row.firstLine, last: row.lastLine },
      createdByName: row.createdByName,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      revokedAt: row.revokedAt?.toISOString() ?? null,
      views: row.views,
      lastViewedAt: row.lastViewedAt?.toISOString() ?? null,
    }));
  },
});

/** What a link shows: a page of its lines, and who shared them. */
export interface SharedLog extends LogPage {
  logRequestId: string;
  lines: LogPage["lines"];
  sharedByName: string;
  expiresAt: string;
  part: { first: number; last: number } | null;
}

const openShareSchema = z.object({ shareId: z.uuid(), after: z.number().min(0).default(0) });
const SHARED_PAGE_LINES = 200;

/**
 * The verb that opens a link, for any operator with Diagnostics: also for those who may not read other logs. A link that expired, was
 * revoked or never was is NOT_FOUND, whichever. Its first page counts as a view.
 */
export const openShare = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.read",
    input: openShareSchema,
    work: async (ctx, { shareId, after }): Promise<SharedLog> => {
      const share = await ctx.db.prisma.logShare.findUnique({ where: { id: shareId } });
      if (!share || share.revokedAt || share.expiresAt <= ctx.now())
        throw new AppError("NOT_FOUND", "This link has expired or was revoked. Ask whoever sent it for a new one.");
      const { logRequestId, firstLine, lastLine } = share;
      const { ask } = await openLog(ctx, reader, logRequestId);
      const from = Math.max(after, (firstLine ?? 1) - 0.25);
      const page = await selectPage(ask, { ...logFilterSchema.parse({}), after: from, limit: SHARED_PAGE_LINES });
      if (after === 0) await countView(ctx, shareId);
      const lines = lastLine === null ? page.lines : page.lines.filter(({ n }) => n <= lastLine);
      return {
        logRequestId,
        lines,
        next: lines.length < page.lines.length ? null : page.next,
        sharedByName: share.createdByName,
        expiresAt: share.expiresAt.toISOString(),
        part: firstLine === null || lastLine === null ? null : { first: firstLine, last: lastLine },
      };
    },
    audit: ({ shareId }, { logRequestId }) => ({
      action: "diagnostics.openShare",
      subjectKind: "log_request",
      subjectId: logRequestId,
      details: { shareId },
      goesOnForMinutes: LOOK_MINUTES,
    }),
  });

async function countView(ctx: Context, shareId: string): Promise<void> {
  await ctx.db.pool.query("update log_shares set views = views + 1, last_viewed_at = $2 where id = $1", [
    shareId,
    ctx.now(),
  ]);
}
