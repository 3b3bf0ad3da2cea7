import { stringify } from "csv-stringify/sync";
import { textStream } from "@/lib/format/text-stream";
import type { Context } from "@/lib/rbac/context";
import { readAuditRows } from "./read-audit-rows";
import { exportAuditEventsSchema, type AuditEntry, type AuditSearch } from "./schemas";
import { readVerb } from "./verb";

/** Read at once: keyset pages, so that an export of years holds neither a transaction nor memory. */
const STEP = 2_000;

const COLUMNS = [
  "id",
  "at",
  "actor_kind",
  "actor_id",
  "actor_name",
  "actor_role",
  "action",
  "subject_kind",
  "subject_id",
  "reason",
  "details",
  "request_id",
  "from_address",
  // After what there was before it: who reads columns by number goes on.
  "ticket",
] as const;

/**
 * Everything a search of the audit record finds, newest first, as CSV or a JSON object a line, written while it is read. Recorded
 * before the first byte, with how it was narrowed. The stream ends early when its reader leaves.
 */
export const exportAuditEvents = readVerb({
  permission: "audit.read",
  input: exportAuditEventsSchema,
  work: (ctx, { format, ...search }): Promise<ReadableStream<Uint8Array>> =>
    Promise.resolve(textStream(format === "csv" ? csvOf(ctx, search) : ndjsonOf(ctx, search))),
  audit: (input) => ({ action: "audit.exportAuditEvents", subjectKind: "search", subjectId: null, details: input }),
});

async function* stepsOf(ctx: Context, search: AuditSearch): AsyncGenerator<AuditEntry[], undefined> {
  for (let before: number | null = null; ;) {
    const entries: AuditEntry[] = await readAuditRows(ctx, search, { before, limit: STEP });
    if (entries.length > 0) yield entries;
    if (entries.length < STEP) return;
    before = entries.at(-1)?.id ?? null;
  }
}

async function* csvOf(ctx: Context, search: AuditSearch): AsyncGenerator<string, undefined> {
  yield `${COLUMNS.join(",")}\n`;
  // What begins with =, +, - or @ would be a formula to a spreadsheet.
  for await (const entries of stepsOf(ctx, search)) yield stringify(entries.map(lineOf), { escape_formulas: true });
}

async function* ndjsonOf(ctx: Context, search: AuditSearch): AsyncGenerator<string, undefined> {
  for await (const entries of stepsOf(ctx, search)) yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

const lineOf = (entry: AuditEntry): readonly (string | number | null)[] => [
  entry.id,
  entry.at,
  entry.actor.kind,
  entry.actor.id,
  entry.actor.name,
  entry.actor.role,
  entry.action,
  entry.subject.kind,
  entry.subject.id,
  entry.reason,
  JSON.stringify(entry.details),
  entry.requestId,
  entry.fromAddress,
  entry.ticket,
];
