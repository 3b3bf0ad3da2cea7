import {
  parseAsArrayOf,
  parseAsBoolean,
  parseAsFloat,
  parseAsInteger,
  parseAsIsoDateTime,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import { ALL_CLASSES, CALL_METHODS, type LogFilter } from "@/lib/api-client/logs";

export const LOG_TABS = ["calls", "endpoints", "waterfall", "story", "compare", "file", "life"] as const;
export type LogTab = (typeof LOG_TABS)[number];

/** The page's view as its address carries it; the text looked for is not in it, as it may be personal data. */
export const logSearchParams = {
  tab: parseAsStringLiteral(LOG_TABS).withDefault("calls"),
  classes: parseAsArrayOf(parseAsStringLiteral(ALL_CLASSES)).withDefault([]),
  method: parseAsStringLiteral(CALL_METHODS),
  host: parseAsString,
  endpoint: parseAsString,
  path: parseAsString,
  status: parseAsInteger,
  minMs: parseAsInteger,
  maxMs: parseAsInteger,
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  around: parseAsBoolean.withDefault(false),
  /** Loops are one row each, or the lines they are. */
  loops: parseAsStringLiteral(["folded", "open"] as const).withDefault("folded"),
  /** The line that is open beside the table. */
  line: parseAsFloat,
  /** Whose clock times are shown by. */
  clock: parseAsStringLiteral(["ours", "phone"] as const).withDefault("ours"),
  /** The log it is compared with; absent: its fleet. */
  with: parseAsString,
};

type InAddress = Omit<LogFilter, "from" | "to" | "text" | "isRegex" | "aroundFailures"> & {
  from: Date | null;
  to: Date | null;
  around: boolean;
};

/** The filter of an address, with the text that is not in it. */
export const filterOf = (
  { classes, method, host, endpoint, path, status, minMs, maxMs, from, to, around }: InAddress,
  { text, isRegex }: { text: string; isRegex: boolean },
): LogFilter => ({
  classes,
  method,
  host,
  endpoint,
  path,
  status,
  minMs,
  maxMs,
  from: from?.toISOString() ?? null,
  to: to?.toISOString() ?? null,
  text,
  isRegex,
  aroundFailures: around,
});

/** What takes every filter out of the address. */
export const CLEARED = {
  classes: null,
  method: null,
  host: null,
  endpoint: null,
  path: null,
  status: null,
  minMs: null,
  maxMs: null,
  from: null,
  to: null,
  around: null,
} as const;
