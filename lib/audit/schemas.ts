import { z } from "zod";
import { ACTOR_KINDS } from "./terms";

/** Which entries of the audit record: all filters together. */
const auditSearchSchema = z.object({
  /** Exactly this operator, service or process. */
  actorId: z.string().min(1).max(128).optional(),
  actorKind: z.enum(ACTOR_KINDS).optional(),
  /** A capability (`presence`), or one verb of it (`presence.getClient`). */
  what: z
    .string()
    .regex(/^[a-z]{2,32}(\.[A-Za-z]{2,64})?$/, "a capability, or capability.verb")
    .optional(),
  /** This client, person, operator …; with a person go their clients, with a client its messages and log requests. */
  subjectId: z.string().min(1).max(256).optional(),
  /** Exactly this ticket, as it was typed. */
  ticket: z.string().min(1).max(64).optional(),
  withinHours: z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 366)
    .optional(),
});

export type AuditSearch = z.output<typeof auditSearchSchema>;

/** A page of them, newest first. */
export const listAuditEventsSchema = auditSearchSchema.extend({
  /** Only entries older than this one; the `next` of the page before. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export type AuditFilters = z.input<typeof listAuditEventsSchema>;

export const AUDIT_FORMATS = ["csv", "ndjson"] as const;
export const exportAuditEventsSchema = auditSearchSchema.extend({ format: z.enum(AUDIT_FORMATS) });

/** One act or look, as it was kept. */
export interface AuditEntry {
  id: number;
  /** ISO 8601, UTC. */
  at: string;
  actor: { kind: (typeof ACTOR_KINDS)[number]; id: string; name: string; role: string | null };
  /** The verb, e.g. `presence.getClient`. */
  action: string;
  subject: { kind: string; id: string | null };
  reason: string | null;
  ticket: string | null;
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

const seal = z.number();
const id = z.number();

/** A place where the audit record is not what was sealed; `id` is a row's, `seal` a seal's number. */
export const auditBreakSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rowChanged"), id, seal }),
  /** It holds what was sealed as the row `sealedAs`. */
  z.object({ kind: z.literal("rowMoved"), id, sealedAs: z.number(), seal }),
  z.object({ kind: z.literal("rowMissing"), id, seal }),
  /** A row that no seal covers and that does not wait for one. */
  z.object({ kind: z.literal("rowUnsealed"), id }),
  /** Its head is not that of what it says. */
  z.object({ kind: z.literal("sealChanged"), seal }),
  z.object({ kind: z.literal("sealMissing"), seal }),
  /** It does not continue the seal before it. */
  z.object({ kind: z.literal("chainBroken"), seal }),
  /** The head was anchored outside, and the seal is gone from the end. */
  z.object({ kind: z.literal("tailMissing"), seal }),
  /** Its head is another one than was anchored outside. */
  z.object({ kind: z.literal("anchorDiffers"), seal }),
]);

export type AuditBreak = z.infer<typeof auditBreakSchema>;

/** How far the audit record is sealed, and what its last verification found. Instants are ISO 8601, UTC. */
export interface AuditSealing {
  /** Rows committed that wait for their seal, and since when the oldest does. */
  waiting: { rows: number; since: string | null };
  last: { seal: number; at: string } | null;
  verified: { at: string; seals: number; rows: number; anchors: number; firstBreak: AuditBreak | null } | null;
}
