import { z } from "zod";
import { LOG_REQUEST_STATES } from "@/lib/events/schemas";
import { canBeKept, legible, NOT_ONE_LINE, ONE_LINE } from "@/lib/format/kept-text";
import { clientIdSchema } from "@/lib/mqtt/client-id";

export type LogRequestState = (typeof LOG_REQUEST_STATES)[number];

/** Columns of the board, in their order, and the states each shows. */
export const BOARD_GROUPS = ["waiting", "active", "ready", "ended"] as const;
export type BoardGroup = (typeof BOARD_GROUPS)[number];
export const GROUP_STATES: Record<BoardGroup, readonly LogRequestState[]> = {
  waiting: ["draft", "waiting"],
  active: ["sent", "delivered", "accepted", "uploading", "received"],
  ready: ["ready"],
  ended: ["declined", "failed", "expired", "cancelled"],
};

export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
export const LARGEST_MAX_BYTES = 1024 * 1024 * 1024;
export const DEFAULT_EXPIRY_HOURS = 72;
export const LONGEST_EXPIRY_HOURS = 30 * 24;

// Years that PostgreSQL does not read as they are written.
const instant = z.iso.datetime({ offset: true }).refine((at) => Date.parse(at) > 0, "is before 1970");
const blankIsAbsent = (value: unknown): unknown =>
  typeof value === "string" && value.trim() === "" ? undefined : value;

/** What a phone is asked for, and why: of one request, and of each of many. */
export const logRequestFields = {
  reason: z
    .string()
    .overwrite(legible)
    .trim()
    .min(3, "Say why in at least 3 characters")
    .max(500)
    .refine(canBeKept, NOT_ONE_LINE),
  ticket: z.preprocess(
    blankIsAbsent,
    z.string().overwrite(legible).trim().max(64).regex(ONE_LINE, NOT_ONE_LINE).optional(),
  ),
  from: z.preprocess(blankIsAbsent, instant.optional()),
  to: z.preprocess(blankIsAbsent, instant.optional()),
  maxBytes: z.int().min(1024).max(LARGEST_MAX_BYTES).default(DEFAULT_MAX_BYTES),
  onlyFailed: z.boolean().default(false).describe("Only calls that failed."),
  wifiOnly: z
    .boolean()
    .default(false)
    .describe("Not over a mobile network: the phone is asked again until it has Wi-Fi."),
  startsAt: z
    .preprocess(blankIsAbsent, instant.optional())
    .describe("Not before; absent: when the client is next online."),
  expiresInHours: z.int().min(1).max(LONGEST_EXPIRY_HOURS).default(DEFAULT_EXPIRY_HOURS).describe("From its start."),
};

/** The window is inclusive at both ends. */
export const hasWindow = (input: { from?: string | undefined; to?: string | undefined }): boolean =>
  !input.from || !input.to || Date.parse(input.from) < Date.parse(input.to);
export const WINDOW_WRONG = { path: ["to"], message: "The window ends before it begins" };

/** What an operator or a service says to ask one client for its log. */
export const requestLogSchema = z
  .object({
    clientId: clientIdSchema,
    ...logRequestFields,
    inventoryFirst: z
      .boolean()
      .default(false)
      .describe("First for the list of its files; then it waits as a draft until it is begun with a window."),
  })
  .refine(hasWindow, WINDOW_WRONG);
export type LogRequestInput = z.output<typeof requestLogSchema>;

/** What a draft is begun with: the window chosen from the phone's list, or as it was asked. */
export const beginFieldsSchema = z.object({
  from: logRequestFields.from,
  to: logRequestFields.to,
  onlyFailed: z.boolean().optional(),
});
export const beginLogRequestSchema = beginFieldsSchema
  .extend({ logRequestId: z.uuid() })
  .refine(hasWindow, WINDOW_WRONG);

export const logRequestIdSchema = z.object({ logRequestId: z.uuid() });

export const listLogRequestsSchema = z.object({
  group: z.enum(BOARD_GROUPS),
  /** The last card of the page before. */
  after: z.object({ stateAt: instant, id: z.uuid() }).optional(),
  limit: z.int().min(1).max(100).default(20),
});

/** Why a request came to nothing. The words for people are in the message files under `failure.<code>`. */
export const FAILURES = [
  "unsupported",
  "declined",
  "device",
  "answerNotUnderstood",
  "tooLarge",
  "truncated",
  "wrongChecksum",
  "missing",
  "inflatesTooMuch",
  "notALog",
  "keptExpiring",
  "ours",
] as const;
export type Failure = (typeof FAILURES)[number];

/** A failure with what the device said of it, if anything; the text is from outside and only ever shown as text. */
export interface FailureDetail {
  failure: Failure;
  text: string | null;
}

const MAX_DETAIL_TEXT = 200;

/** How a failure is stored in `log_requests.detail`: its code, or code, colon, text. */
export const formatDetail = (failure: Failure, text?: string | null): string =>
  text ? `${failure}: ${text.slice(0, MAX_DETAIL_TEXT)}` : failure;

/** Null where nothing failed. */
export function parseDetail(detail: string | null): FailureDetail | null {
  if (detail === null) return null;
  const colon = detail.indexOf(": ");
  const code = colon < 0 ? detail : detail.slice(0, colon);
  const failure = FAILURES.find((known) => known === code);
  return failure ? { failure, text: colon < 0 ? null : detail.slice(colon + 2) } : { failure: "ours", text: detail };
}

/** Classes of calls by their status; `none`: no answer came. */
export const STATUS_CLASSES = ["2xx", "3xx", "4xx", "5xx", "none"] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

/** Calls of these classes failed. */
export const FAILED_CLASSES = ["4xx", "5xx", "none"] as const satisfies StatusClass[];

/** Every line of a log is of one class; `text`: it is no call; `gap`: a stretch without lines. */
export const LINE_CLASSES = [...STATUS_CLASSES, "text", "gap"] as const;
export type LineClass = (typeof LINE_CLASSES)[number];

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;

const milliseconds = z.int().min(0).max(86_400_000);

/** Which lines of a log are wanted; what is absent filters nothing. */
export const logFilterSchema = z.object({
  /** Only lines of these classes; empty: all. */
  classes: z.array(z.enum(LINE_CLASSES)).max(LINE_CLASSES.length).default([]),
  method: z.enum(METHODS).nullish(),
  host: z.string().max(260).nullish(),
  /** Method and template, as the table of endpoints has them. */
  endpoint: z.string().max(2_100).nullish(),
  /** Of the path, `*` standing for anything: `/v1/orders/*`. */
  path: z.string().max(300).nullish(),
  status: z.int().min(100).max(599).nullish(),
  minMs: milliseconds.nullish(),
  maxMs: milliseconds.nullish(),
  /** Inclusive. */
  from: instant.nullish(),
  /** Exclusive. */
  to: instant.nullish(),
  /** Only lines that contain this anywhere, upper and lower case alike. */
  text: z.string().max(200).default(""),
  /** The text is a regular expression (RE2). */
  isRegex: z.boolean().default(false),
  /** Only failed calls, the two lines before and after each, and gaps. */
  aroundFailures: z.boolean().default(false),
});
export type LogFilter = z.output<typeof logFilterSchema>;

export const readLogSchema = logFilterSchema.extend({
  logRequestId: z.uuid(),
  /** Lines after this one; 0 from the start. */
  after: z.number().min(0).default(0),
  limit: z.int().min(1).max(500).default(200),
  /** Then these lines are read, whatever the filter. */
  numbers: z.array(z.number().min(0)).max(100).nullish(),
});

export const readMomentSchema = z.object({ logRequestId: z.uuid(), at: instant });

/** One line of a log, redacted. What comes from the phone may hold anything and is only ever shown as text. */
export const logLineSchema = z.object({
  /** Position in the log, from 1; a gap's is half a line after the one before it. */
  n: z.number(),
  class: z.enum(LINE_CLASSES),
  /** ISO 8601 by our clock; null on text lines. Of a gap its begin. */
  t: z.string().nullable(),
  /** By the phone's clock, where that is wrong. */
  tDevice: z.string().nullable(),
  method: z.string().nullable(),
  url: z.string().nullable(),
  endpoint: z.string().nullable(),
  host: z.string().nullable(),
  status: z.number().nullable(),
  /** Of a gap its length. */
  ms: z.number().nullable(),
  bytes: z.number().nullable(),
  attempt: z.number().nullable(),
  /** Of a gap why nothing was written, one of GAP_REASONS. */
  error: z.string().nullable(),
  app: z.string().nullable(),
  /** The whole line, at most 4 000 characters of it; null where the columns say all of it. */
  raw: z.string().nullable(),
  rawCut: z.boolean(),
});
export type LogLine = z.output<typeof logLineSchema>;

/** Calls by status class. */
export const statusCountsSchema = z.object({
  "2xx": z.number(),
  "3xx": z.number(),
  "4xx": z.number(),
  "5xx": z.number(),
  none: z.number(),
});

export type StatusCounts = z.output<typeof statusCountsSchema>;

const notableCallSchema = z.object({
  n: z.number(),
  t: z.string(),
  endpoint: z.string(),
  status: z.number().nullable(),
  ms: z.number().nullable(),
  attempt: z.number(),
});

/** What a log says at a glance. */
export const logSummarySchema = z.object({
  calls: z.number(),
  textLines: z.number(),
  endpoints: z.number(),
  counts: statusCountsSchema,
  firstAt: z.string().nullable(),
  lastAt: z.string().nullable(),
  /** The endpoint with the most failed calls; null when none failed. */
  worstEndpoint: z.object({ endpoint: z.string(), failed: z.number(), calls: z.number() }).nullable(),
  firstFailure: notableCallSchema.nullable(),
  slowest: notableCallSchema.nullable(),
  /** Calls over time in at most 72 bars of equal width, gaps included; null without calls. */
  histogram: z.object({ startAt: z.string(), barMs: z.number(), bars: z.array(statusCountsSchema) }).nullable(),
});
export type LogSummary = z.output<typeof logSummarySchema>;
