import { z } from "zod";
import { MESSAGE_STATES } from "@/lib/events/schemas";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import { personIdSchema } from "@/lib/people/schemas";
import { ACKNOWLEDGEMENTS, idempotencyKeySchema, messageFields, onePayload } from "./schemas";
import { manyClientsSchema, sendSchema } from "./sends/schemas";

/** A group a client may join: its platform, or its app version. */
export const groupSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, "A group has 1 to 64 letters, digits, dots, dashes or underscores");

const fewTargets = [
  z.strictObject({ topicName: z.string().describe("A topic name, without wildcards.") }),
  z.strictObject({ clientId: clientIdSchema.describe("The client's inbox topic.") }),
  z.strictObject({
    personId: personIdSchema.describe("The inbox of each client of the person; at most the 50 latest."),
  }),
  z.strictObject({ group: groupSchema.describe("The topic of a group, e.g. `android` or `app-12.4`.") }),
] as const;

/** Where a service's message goes: a topic name, a client's inbox, the inboxes of a person's clients, a group's topic. */
export const serviceTargetSchema = z
  .union(fewTargets, { error: "Give one of topicName, clientId, personId, group" })
  .describe("Where the message goes.");

/** The same, or the inboxes of many clients, one after another: a send. */
const anyTargetSchema = z
  .union([...fewTargets, manyClientsSchema.describe("The inboxes of many clients, at a rate: a send.")], {
    error: "Give one of topicName, clientId, personId, group, clients",
  })
  .describe("Where the message goes.");

export const WAITS = ["accepted", "acknowledged", "answered"] as const;
export type WaitFor = (typeof WAITS)[number];

const fields = {
  ...messageFields,
  waitFor: z
    .enum(WAITS)
    .default("accepted")
    .describe(
      "`accepted`: kept here, it will be sent. `acknowledged`: the broker has it (PUBACK, PUBCOMP). `answered`: the device's event " +
        "with the payload's `id` as `commandId` came. Waits at most 10 s and then tells the state as it is.",
    ),
};

/** One message of a service. */
export const serviceMessageSchema = z
  .strictObject({
    to: anyTargetSchema,
    ...fields,
    // the header is the one way to give it
    idempotencyKey: z.never("Send it as the header Idempotency-Key").optional(),
  })
  .superRefine(onePayload);

/** One message of a batch, which has its key beside it, as there is one header for all. */
export const batchMessageSchema = z
  .strictObject({ to: serviceTargetSchema, ...fields, idempotencyKey: idempotencyKeySchema })
  .superRefine(onePayload);

export const MOST_BATCH = 1_000;
export const messageBatchSchema = z.strictObject({ messages: z.array(z.unknown()).min(1).max(MOST_BATCH) });

export type ServiceMessage = z.output<typeof batchMessageSchema>;

/** What is known of the client a message is for, at the time it was accepted. */
export const RECIPIENTS = ["online", "queued_for_offline_session", "no_session", "unknown", "client_unknown"] as const;

const instant = z.iso.datetime();

export const publishedTargetSchema = z.object({
  messageId: z.uuid(),
  topicName: z.string(),
  clientId: z.string().nullable().describe("The client whose topic it is."),
  recipient: z
    .enum(RECIPIENTS)
    .nullable()
    .describe(
      "Of a client: connected; away, and the broker keeps it for its session; away without a session, so that nothing is kept; " +
        "not known at the moment; never seen. Null for topics of more than one.",
    ),
  state: z.enum(MESSAGE_STATES),
  acceptedAt: instant,
  acknowledgedAt: instant.nullable(),
  acknowledgement: z.enum(ACKNOWLEDGEMENTS).nullable().describe("What ended it at the broker: QoS 0 is only written."),
  noMatchingSubscribers: z
    .boolean()
    .describe(
      "The broker said that nobody subscribes to it (MQTT 5 reason 0x10). False: it did not say so, as many never do.",
    ),
  reasonCode: z.int().nullable().describe("The MQTT 5 reason code of the acknowledgement."),
  failure: z.string().nullable(),
  repeated: z.boolean().describe("An earlier call with this idempotency key had published it."),
  answer: z
    .object({ type: z.string(), receivedAt: instant, body: z.unknown() })
    .nullable()
    .describe("The device's event with the command's id, when it was waited for and came."),
});

/** What became of one message to one topic. */
export type PublishedTarget = z.output<typeof publishedTargetSchema>;

export const publishedSchema = z.object({
  messageId: z.uuid().nullable().describe("Of the first target, or of the send; null when there is neither."),
  state: z.enum(MESSAGE_STATES).nullable().describe("Of the target that came the least far."),
  acceptedAt: instant.nullable(),
  acknowledgedAt: instant.nullable(),
  acknowledgement: z.enum(ACKNOWLEDGEMENTS).nullable(),
  targets: z.array(publishedTargetSchema).describe("One for each topic it was published to; empty for a send."),
  send: sendSchema
    .nullable()
    .describe("Of a message to many clients: how far it is. Ask again at `/v1/sends/{sendId}`."),
});

/** The answer to one message. */
export type Published = z.output<typeof publishedSchema>;
