import { parseAsString, parseAsStringLiteral } from "nuqs/server";
import { ACTOR_KINDS } from "@/lib/audit/terms";
import type { AuditFilters } from "@/lib/audit/schemas";

/** Capabilities whose verbs leave entries, in the order of the filter. */
export const AUDITED = [
  "presence",
  "timeline",
  "publish",
  "diagnostics",
  "access",
  "people",
  "webhooks",
  "alerts",
  "cluster",
  "operators",
  "audit",
] as const;
export const PERIODS = ["hour", "day", "week", "month", "all"] as const;

const HOURS: Record<(typeof PERIODS)[number], number | undefined> = {
  hour: 1,
  day: 24,
  week: 7 * 24,
  month: 30 * 24,
  all: undefined,
};

/** The page's filters as its address carries them. */
export const auditSearchParams = {
  who: parseAsString,
  kind: parseAsStringLiteral(ACTOR_KINDS),
  what: parseAsStringLiteral(AUDITED),
  whom: parseAsString,
  ticket: parseAsString,
  period: parseAsStringLiteral(PERIODS).withDefault("all"),
};

export interface AuditSearch {
  who: string | null;
  kind: (typeof ACTOR_KINDS)[number] | null;
  what: (typeof AUDITED)[number] | null;
  whom: string | null;
  ticket: string | null;
  period: (typeof PERIODS)[number];
}

/** What the record is asked for; equal searches give equal query keys, on the server and in the browser. */
export const filtersOf = (search: AuditSearch): AuditFilters => ({
  ...(search.who ? { actorId: search.who } : {}),
  ...(search.kind ? { actorKind: search.kind } : {}),
  ...(search.what ? { what: search.what } : {}),
  ...(search.whom ? { subjectId: search.whom } : {}),
  ...(search.ticket ? { ticket: search.ticket } : {}),
  ...(HOURS[search.period] === undefined ? {} : { withinHours: HOURS[search.period] }),
});
