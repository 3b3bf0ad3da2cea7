import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";

/** A service's key as shown: never the key or its hash. ISO times. */
export interface ApiKeySummary {
  id: string;
  name: string;
  permissions: string[];
  topicFilters: string[];
  /** Requests a second; null: as the publisher is configured. */
  ratePerSecond: number | null;
  /** The most clients of one send to many; null: as configured. */
  mostRecipients: number | null;
  createdBy: string | null;
  /** Until when the key it replaced is taken as well; null when there is none. */
  previousUntil: string | null;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

const MOST_KEYS = 200;

/** Keys of services, those in use first, newest first; at most 200. */
export const listApiKeys = readVerb({
  permission: "access.read",
  input: z.object({}),
  work: async (ctx): Promise<ApiKeySummary[]> => {
    const rows = await ctx.db.prisma.apiKey.findMany({
      omit: { keyHash: true, previousHash: true },
      orderBy: [{ revokedAt: { sort: "desc", nulls: "first" } }, { createdAt: "desc" }],
      take: MOST_KEYS,
    });
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      permissions: row.permissions,
      topicFilters: row.topicFilters,
      ratePerSecond: row.ratePerSecond,
      mostRecipients: row.mostRecipients,
      createdBy: row.createdBy,
      previousUntil: row.previousUntil && row.previousUntil > ctx.now() ? row.previousUntil.toISOString() : null,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
    }));
  },
});
