import { z } from "zod";
import { LOG_REQUEST_STATES, MESSAGE_STATES, PRESENCE_STATES } from "@/lib/events/schemas";
import { MARK_KINDS } from "@/lib/cluster/schemas";
import { BULK_STATES } from "@/lib/diagnostics/bulk/schemas";
import { FAILURES } from "@/lib/diagnostics/schemas";
import { IMPORT_MODES, IMPORT_STATES } from "@/lib/people/schemas";
import { presenceReportSchema } from "@/lib/presence/schemas";
import { ACKNOWLEDGEMENTS, MESSAGE_SOURCES } from "@/lib/publish/schemas";
import { recipientCountsSchema, sendSchema } from "@/lib/publish/sends/schemas";
import { publishedSchema } from "@/lib/publish/service-message";

/** What the services' API answers, for its document. Instants are ISO 8601 in UTC. */

const instant = z.iso.datetime();

export const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    code: z.enum([
      "VALIDATION",
      "UNAUTHENTICATED",
      "FORBIDDEN",
      "NOT_FOUND",
      "CONFLICT",
      "LIMIT",
      "UNAVAILABLE",
      "INTERNAL",
    ]),
    detail: z.string().describe("What failed and what to do, for a person."),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    requestId: z.string().optional().describe("To give when asking for help."),
  })
  .meta({ id: "Problem", description: "RFC 9457: why a request was not served." });

export const send = sendSchema.meta({ id: "Send" });
export const sends = z.object({ sends: z.array(send).describe("Newest first."), nextCursor: z.string().nullable() });
export const recipientCounts = recipientCountsSchema.meta({ id: "RecipientCounts" });

export const published = publishedSchema.meta({ id: "Published" });

export const batchResultsSchema = z.object({
  results: z
    .array(z.union([published, z.object({ problem: problemSchema })]))
    .describe("One for each message, in the order given: what it came to, or why it was refused."),
});

export const messageSchema = z
  .object({
    messageId: z.uuid(),
    topicName: z.string(),
    qos: z.int().min(0).max(2),
    retain: z.boolean(),
    payloadBytes: z.int(),
    contentType: z.string().nullable(),
    clientId: z.string().nullable().describe("The client whose topic it is."),
    source: z.enum(MESSAGE_SOURCES),
    actorName: z.string(),
    state: z.enum(MESSAGE_STATES),
    acceptedAt: instant,
    sentAt: instant.nullable(),
    acknowledgedAt: instant.nullable(),
    acknowledgement: z.enum(ACKNOWLEDGEMENTS).nullable(),
    node: z.string().nullable(),
    failure: z.string().nullable(),
    expiresAt: instant.nullable(),
    reasonCode: z.int().nullable().describe("MQTT 5; 16: the broker says that nobody subscribes to it."),
    dup: z.boolean().describe("Sent with DUP: an earlier attempt may have reached the broker, so it may arrive twice."),
    packetId: z.int().nullable(),
    receivedAt: instant.nullable().describe("PUBREC came (QoS 2)."),
    releasedAt: instant.nullable().describe("PUBREL went (QoS 2)."),
    commandId: z.string().nullable(),
    answer: z
      .object({ at: instant, type: z.string() })
      .nullable()
      .describe("The app's answer to the command it carried."),
  })
  .meta({ id: "Message" });

export const presence = presenceReportSchema.meta({ id: "Presence" });
export const presenceReports = z.object({
  presences: z.array(presence).describe("In the order asked."),
  neverSeen: z.array(z.string()).describe("Clients no session of which was ever seen."),
});
export const personPresence = z.object({
  personId: z.string(),
  state: z.enum(PRESENCE_STATES).nullable().describe("The best of their clients'; null: none ever had a session."),
  since: instant.nullable(),
  clients: z.array(presence),
});

export const person = z
  .object({ personId: z.string(), name: z.string().nullable(), phoneNumber: z.string().nullable().describe("E.164.") })
  .meta({ id: "Person" });
export const forgotten = z.object({
  clients: z.int().describe("Clients of theirs that were forgotten."),
  removed: z.record(z.string(), z.int()).describe("Rows that went, by what they were."),
});

export const peopleImport = z
  .object({
    importId: z.uuid(),
    mode: z.enum(IMPORT_MODES),
    state: z.enum(IMPORT_STATES),
    startedBy: z.string(),
    createdAt: instant,
    receivedAt: instant.nullable(),
    endedAt: instant.nullable(),
    failure: z.string().nullable(),
    bytes: z.int(),
    rows: z.object({ received: z.int(), read: z.int(), written: z.int(), refused: z.int() }),
    removed: z.int().nullable(),
    rowsPerSecond: z.int().nullable(),
    secondsLeft: z.int().nullable(),
  })
  .meta({ id: "PeopleImport" });
export const importStarted = z.object({
  importId: z.uuid(),
  state: z.literal("waiting"),
  rows: z.object({ received: z.int() }),
});
export const importCancelled = z.object({ cancelled: z.boolean() });

export const granted = z.object({ granted: z.int() });
export const released = z.object({ outcome: z.enum(["released", "waiting"]) });
export const revoked = z.object({ revoked: z.int() });
export const grantsDeleted = z.object({ deleted: z.int() });

export const logRequested = z.object({ logRequestId: z.uuid() });
export const logRequest = z
  .object({
    logRequestId: z.uuid(),
    clientId: z.string(),
    state: z.enum(LOG_REQUEST_STATES),
    stateAt: instant,
    failure: z.object({ code: z.string(), text: z.string().nullable() }).nullable(),
    reason: z.string(),
    ticket: z.string().nullable(),
    requestedAt: instant,
    expiresAt: instant,
    waits: z
      .looseObject({
        why: z.enum([
          "later",
          "choice",
          "neverSeen",
          "us",
          "away",
          "postponed",
          "goesOut",
          "underWay",
          "silent",
          "notBegun",
          "stopped",
        ]),
      })
      .nullable()
      .describe(
        "Why it stands still, with what belongs to it: since when, until when, how far; null: it moves or has ended.",
      ),
    from: instant.nullable(),
    to: instant.nullable(),
    maxBytes: z.int(),
    onlyFailed: z.boolean(),
    wifiOnly: z.boolean(),
    startsAt: instant.nullable(),
    inventoryFirst: z.boolean(),
    files: z
      .array(
        z.object({
          name: z.string(),
          start: z.string().nullish(),
          end: z.string().nullish(),
          bytes: z.number().nullish(),
        }),
      )
      .nullable()
      .describe("What the phone listed, by its own word; null before it did."),
    bulkId: z.uuid().nullable(),
    postponedUntil: instant.nullable(),
    phone: z.object({ state: z.enum(PRESENCE_STATES), since: instant, node: z.string() }).nullable(),
    announcedBytes: z.int().nullable(),
    sentBytes: z.int().nullable(),
    progressedAt: instant.nullable(),
    links: z.int().describe("Links to upload it was given so far."),
    late: z.boolean().describe("The file came after the request had expired."),
    firstCallAt: instant.nullable(),
    lastCallAt: instant.nullable(),
    calls: z.int().nullable().describe("HTTP calls in the log, once it is ready."),
    failedCalls: z.int().nullable(),
    steps: z
      .array(z.object({ at: instant, state: z.string(), cause: z.string(), note: z.string().nullable() }))
      .describe("Oldest first."),
  })
  .meta({ id: "LogRequest" });
export const logsRequested = z.object({ bulkId: z.uuid(), total: z.int() });
export const logRequestBulk = z
  .object({
    bulkId: z.uuid(),
    state: z.enum(BULK_STATES).describe("`held`: too many failed, no more are asked. `done`: all were asked."),
    stateAt: instant,
    reason: z.string(),
    ticket: z.string().nullable(),
    requestedAt: instant,
    releaseAt: instant,
    total: z.int(),
    made: z.int().describe("Phones asked so far."),
    ratePerMinute: z.int(),
    stopFailedPercent: z.int().nullable(),
    counts: z.record(z.string(), z.int()).describe("Of those asked, by state."),
    failures: z.array(z.object({ failure: z.enum(FAILURES), requests: z.int() })),
    secondsLeft: z.int().nullable(),
  })
  .meta({ id: "LogRequestBulk" });
export const logRequestEnded = z.object({ state: z.enum(LOG_REQUEST_STATES) });

export const mark = z
  .object({
    id: z.string(),
    at: instant,
    kind: z.enum(MARK_KINDS),
    title: z.string(),
    by: z.string(),
    repeated: z.boolean(),
  })
  .meta({ id: "ClusterMark" });
