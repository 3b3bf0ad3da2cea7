import { z } from "zod";

/** Which entries of the audit record: all filters together, newest first. */
export const listAuditEventsSchema = z.object({
  /** Exactly this operator, service or process. */
  actorId: z.string().min(1).max(128).optional(),
  /** A capability (`presence`), or one verb of it (`presence.getClient`). */
  what: z
    .string()
    .regex(/^[a-z]{2,32}(\.[A-Za-z]{2,64})?$/, "a capability, or capability.verb")
    .optional(),
  /** Exactly this client, person, operator … */
  subjectId: z.string().min(1).max(256).optional(),
  withinHours: z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 366)
    .optional(),
  /** Only entries older than this one; the `next` of the page before. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export type AuditFilters = z.input<typeof listAuditEventsSchema>;

/** One act or look, as it was kept. */
export interface AuditEntry {
  id: number;
  /** ISO 8601, UTC. */
  at: string;
  actor: { kind: "operator" | "service" | "process"; id: string; name: string; role: string | null };
  /** The verb, e.g. `presence.getClient`. */
  action: string;
  subject: { kind: string; id: string | null };
  reason: string | null;
  details: Record<string, unknown>;
  requestId: string;
  fromAddress: string | null;
}

export interface AuditPage {
  entries: AuditEntry[];
  /** `before` of the next older page; null at the end. */
  next: number | null;
}

/** The record's last day in figures. */
export interface AuditDay {
  entries: number;
  operators: number;
  refusedSignIns: number;
  /** When this was counted, ISO 8601. */
  at: string;
}
