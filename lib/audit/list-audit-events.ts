import { readAuditRows } from "./read-audit-rows";
import { listAuditEventsSchema, type AuditPage } from "./schemas";
import { readVerb } from "./verb";

/** A page of the audit record, newest first. */
export const listAuditEvents = readVerb({
  permission: "audit.read",
  input: listAuditEventsSchema,
  work: async (ctx, { before, limit, ...search }): Promise<AuditPage> => {
    const rows = await readAuditRows(ctx, search, { before: before ?? null, limit: limit + 1 });
    const entries = rows.slice(0, limit);
    return { entries, next: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
  },
});
