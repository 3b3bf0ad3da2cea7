import { z } from "zod";
import { SEND_STATES } from "@/lib/events/schemas";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import { clientFiltersSchema } from "@/lib/presence/search-schemas";
import { idempotencyKeySchema, MESSAGE_SOURCES, messageFields, onePayload, type MessagePayload } from "../schemas";
import { MOST_LISTED, MOST_SEND_RATE } from "../terms";

export const sendStateSchema = z.enum(SEND_STATES);
export type SendState = z.output<typeof sendStateSchema>;

/** Many clients: by the words of the presence search, by a list, or by both. `{}` is every client. */
export const clientChoiceSchema = z
  .strictObject({
    ...clientFiltersSchema.shape,
    clientIds: z
      .array(clientIdSchema)
      .min(1)
      .max(MOST_LISTED)
      .optional()
      .describe("Only these; one that never connected gets nothing."),
  })
  .describe("The words of the presence search; what is absent does not narrow.");
export type ClientChoice = z.output<typeof clientChoiceSchema>;
export type ClientChoiceInput = z.input<typeof clientChoiceSchema>;

export const countRecipientsSchema = z.strictObject({ clients: clientChoiceSchema });

/** Where a send goes. */
export const manyClientsSchema = z.strictObject({
  clients: clientChoiceSchema,
  ratePerSecond: z.int().min(1).max(MOST_SEND_RATE).optional().describe("Messages a second at most."),
});

/** One message to many clients' inboxes. Not retained: each inbox would keep it for ever. */
export const startSendSchema = z
  .strictObject({
    to: manyClientsSchema,
    ...messageFields,
    retain: z.literal(false, "A message to many clients is not retained").default(false),
    idempotencyKey: idempotencyKeySchema,
    /** From the console: the number of clients the operator was shown and agreed to. */
    confirmedClients: z.int().min(0).nullish(),
  })
  .superRefine(onePayload);
export type StartSendInput = z.input<typeof startSendSchema>;

export const sendIdSchema = z.strictObject({ sendId: z.uuid("A send id is a UUID") });
export const decideSendSchema = z.strictObject({ ...sendIdSchema.shape, decision: z.enum(["approve", "decline"]) });

export const listSendsSchema = z.strictObject({
  /** `nextCursor` of the page before. */
  cursor: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
});

const instant = z.iso.datetime();

export const recipientCountsSchema = z.object({
  total: z.int(),
  online: z.int(),
  offlineQueued: z.int().describe("Away; the broker keeps it for their session."),
  offlineGone: z.int().describe("Away without a session: nothing is kept for them."),
  unknown: z.int(),
  neverSeen: z.int().describe("Listed clients that never connected: nothing is sent to them."),
});
/** Whom a send would reach, as it is known now. */
export type RecipientCounts = z.output<typeof recipientCountsSchema>;

export const sendSchema = z.object({
  sendId: z.uuid(),
  state: sendStateSchema.describe(
    "`finished`: every message is settled. `failed`: stopped, see `failure`. `lapsed`: not approved in time.",
  ),
  source: z.enum(MESSAGE_SOURCES),
  madeBy: z.string(),
  own: z.boolean().describe("Made by who asks."),
  madeAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  filters: clientFiltersSchema,
  listed: z.int().nullable().describe("How many clients its list names; null: it has none."),
  qos: z.int(),
  payloadBytes: z.int(),
  contentType: z.string().nullable(),
  ratePerSecond: z.int(),
  expected: z.int().describe("Clients when it was made."),
  done: z.int().describe("The broker has it."),
  waiting: z.int().describe("Accepted, on their way."),
  failed: z.int(),
  expired: z.int(),
  skipped: z.int().describe("Clients it had no message for: a variable had no value."),
  perSecond: z.number().nullable().describe("Settled messages a second so far, without pauses."),
  secondsLeft: z.int().nullable(),
  failure: z.enum(["more_clients_than_allowed"]).nullable(),
  approval: z
    .object({ by: instant, decidedBy: z.string().nullable(), decidedAt: instant.nullable() })
    .nullable()
    .describe("Of a send that needed a second operator."),
});

/** A send to many clients and how far it is. */
export type Send = z.output<typeof sendSchema>;

/** What a send says, and whom its list names; null: it has none. */
export interface SendContent extends MessagePayload {
  clientIds: string[] | null;
}

export interface SendPage {
  /** Newest first. */
  sends: Send[];
  nextCursor: string | null;
}

/** A send after a decision; `took`: this one decided, not another's before it, or its time. */
export interface SendDecision {
  send: Send;
  took: boolean;
}
