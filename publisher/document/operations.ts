import { z } from "zod";
import { grantKeysSchema } from "@/lib/access/delete-grants";
import { grantsSchema } from "@/lib/access/put-grants";
import { actionReasonSchema, grantSchema, revocationSchema, revocationsSchema } from "@/lib/access/schemas";
import type { ServicePermission } from "@/lib/access/terms";
import { markClusterInput } from "@/lib/cluster/mark-cluster";
import { requestLogsSchema } from "@/lib/diagnostics/bulk/schemas";
import { beginFieldsSchema, requestLogSchema } from "@/lib/diagnostics/schemas";
import { peopleSchema } from "@/lib/people/put-people";
import { personFactsSchema, startImportSchema } from "@/lib/people/schemas";
import { queryPresenceSchema } from "@/lib/presence/schemas";
import { idempotencyKeySchema } from "@/lib/publish/schemas";
import { countRecipientsSchema, listSendsSchema } from "@/lib/publish/sends/schemas";
import { batchMessageSchema, MOST_BATCH, serviceMessageSchema } from "@/lib/publish/service-message";
import * as answers from "./answers";

/** One operation of the services' API, as its document tells it. */
export interface Operation {
  method: "get" | "post" | "put" | "delete";
  /** As in the document: `/v1/messages/{messageId}`. */
  path: string;
  id: string;
  summary: string;
  about?: string;
  /** What the key needs. */
  permission: ServicePermission;
  body?: z.ZodType;
  query?: z.ZodObject;
  takesIdempotencyKey?: boolean;
  /** The body is a stream of JSON lines. */
  takesLines?: boolean;
  /** The first is the usual one. `lines`: JSON lines. */
  answers: Readonly<Record<string, { about: string; schema?: z.ZodType; lines?: true }>>;
}

const ok = (schema: z.ZodType, about = "Done.") => ({ "200": { about, schema } });

const MESSAGES: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/messages",
    id: "publishMessage",
    summary: "Publish a message",
    about:
      "Once answered, the message is kept and goes out at least once (QoS 1 and 2) or expires, in the order of its topic. It also survives a " +
      "crash of ours. A message that may have reached the broker before is sent with DUP.",
    permission: "publish.send",
    body: serviceMessageSchema,
    takesIdempotencyKey: true,
    answers: {
      "200": { about: "What was waited for is known, or it was published before.", schema: answers.published },
      "202": { about: "Accepted; it goes out.", schema: answers.published },
    },
  },
  {
    method: "post",
    path: "/v1/messages/batch",
    id: "publishBatch",
    summary: `Publish up to ${MOST_BATCH.toLocaleString("en")} messages`,
    about: "Each has its own result; one that is refused keeps no other from going out.",
    permission: "publish.send",
    body: z.strictObject({ messages: z.array(batchMessageSchema).min(1).max(MOST_BATCH) }),
    answers: ok(answers.batchResultsSchema, "A result for each message."),
  },
  {
    method: "get",
    path: "/v1/messages/{messageId}",
    id: "getMessage",
    summary: "What became of a message",
    permission: "publish.read",
    answers: {
      ...ok(answers.messageSchema, "The message, without its payload."),
      "303": { about: "It is a send to many clients: `/v1/sends/{sendId}`." },
    },
  },
];

const changeOfSend = (word: "pause" | "resume" | "cancel", summary: string, about: string): Operation => ({
  method: "post",
  path: `/v1/sends/{sendId}/${word}`,
  id: `${word}Send`,
  summary,
  about,
  permission: "publish.send",
  answers: ok(answers.send, "The send."),
});

const SENDS: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/sends/count",
    id: "countRecipients",
    summary: "Whom a message to many clients would reach",
    about:
      "Nothing is sent. To send: `POST /v1/messages` with `to.clients`; the key's topic filters must cover every inbox.",
    permission: "publish.send",
    body: countRecipientsSchema,
    answers: ok(answers.recipientCounts, "How many clients, by state."),
  },
  {
    method: "get",
    path: "/v1/sends",
    id: "listSends",
    summary: "The key's sends",
    permission: "publish.read",
    query: listSendsSchema,
    answers: ok(answers.sends, "Newest first, a page at a time."),
  },
  {
    method: "get",
    path: "/v1/sends/{sendId}",
    id: "getSend",
    summary: "How far a message to many clients is",
    permission: "publish.read",
    answers: ok(answers.send, "Its progress."),
  },
  changeOfSend("pause", "Pause a send", "What is on its way arrives; nothing follows."),
  changeOfSend("resume", "Go on with a paused send", "Where it stood: no client gets it twice."),
  changeOfSend("cancel", "Cancel a send", "For good; what is on its way arrives."),
];

const PRESENCE: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/presence/{clientId}",
    id: "getPresence",
    summary: "The presence of a client",
    permission: "presence.read",
    answers: ok(answers.presence, "Its state, since when, and the proof with its age."),
  },
  {
    method: "post",
    path: "/v1/presence/query",
    id: "queryPresence",
    summary: "The presence of up to 1,000 clients",
    permission: "presence.read",
    body: queryPresenceSchema,
    answers: ok(answers.presenceReports, "Those that were ever seen, and those that were not."),
  },
  {
    method: "get",
    path: "/v1/people/{personId}/presence",
    id: "getPersonPresence",
    summary: "The presence of a person",
    permission: "presence.read",
    answers: ok(answers.personPresence, "The best of their clients, and each of them."),
  },
];

const PEOPLE: readonly Operation[] = [
  {
    method: "put",
    path: "/v1/people/{personId}",
    id: "putPerson",
    summary: "Say all that is known of a person",
    about: "What is absent is forgotten. Phone numbers may be written as people do, and are kept as E.164.",
    permission: "people.write",
    body: personFactsSchema,
    answers: ok(answers.person, "The person as kept."),
  },
  {
    method: "put",
    path: "/v1/people",
    id: "putPeople",
    summary: "The same for up to 500 people",
    permission: "people.write",
    body: peopleSchema,
    answers: ok(z.array(answers.person), "The people as kept."),
  },
  {
    method: "delete",
    path: "/v1/people/{personId}",
    id: "forgetPerson",
    summary: "Forget a person",
    about: "Everything of theirs goes; the audit keeps the fact.",
    permission: "people.write",
    answers: ok(answers.forgotten),
  },
  {
    method: "post",
    path: "/v1/people/import",
    id: "importPeople",
    summary: "Import people as JSON lines",
    about: "Millions of lines in one upload, gzip allowed. It is merged behind the scenes: ask for its progress.",
    permission: "people.write",
    query: startImportSchema,
    takesLines: true,
    answers: { "202": { about: "Received.", schema: answers.importStarted } },
  },
  {
    method: "get",
    path: "/v1/people/imports/{importId}",
    id: "getImport",
    summary: "How far an import is",
    permission: "people.write",
    answers: ok(answers.peopleImport, "Its progress."),
  },
  {
    method: "get",
    path: "/v1/people/imports/{importId}/errors",
    id: "getImportErrors",
    summary: "The refused lines of an import",
    permission: "people.write",
    answers: { "200": { about: "JSON lines: the number of a line and why it was refused.", lines: true } },
  },
  {
    method: "delete",
    path: "/v1/people/imports/{importId}",
    id: "cancelImport",
    summary: "Cancel an import",
    permission: "people.write",
    answers: ok(answers.importCancelled, "What was merged stays."),
  },
];

const TOKENS: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/revocations",
    id: "revokeTokens",
    summary: "Take the trust away from tokens",
    about:
      "One revocation, or up to 1,000: for a token by its SHA-256 or its `jti`, or for all tokens a person was given before now. They are refused at " +
      "once, and connections that stand by them end within 5 seconds. The token itself is never sent.",
    permission: "access.revoke",
    body: z.union([revocationsSchema, revocationSchema]),
    answers: ok(answers.revoked, "How many were taken in."),
  },
  {
    method: "post",
    path: "/v1/clients/{clientId}/release",
    id: "releaseClient",
    summary: "Make a device nobody's",
    about:
      "For a phone that changes hands: its session and the messages that wait in it are dropped, and its next sign-in binds it to whoever that is.",
    permission: "access.release",
    body: z.strictObject({ reason: actionReasonSchema }),
    answers: {
      "200": { about: "It is free.", schema: answers.released },
      "202": { about: "It is closed, and free as soon as the broker has ended its session.", schema: answers.released },
    },
  },
];

const REST: readonly Operation[] = [
  {
    method: "put",
    path: "/v1/grants",
    id: "putGrants",
    summary: "Let people's clients subscribe or publish",
    about: "One grant, or up to 100. Putting a grant again changes its end.",
    permission: "access.grant",
    body: z.union([grantsSchema, grantSchema]),
    answers: ok(answers.granted, "How many were put."),
  },
  {
    method: "delete",
    path: "/v1/grants",
    id: "deleteGrants",
    summary: "Take grants back",
    about: "A subscription that rests on one ends at once.",
    permission: "access.grant",
    body: z.union([grantKeysSchema, grantSchema.omit({ expiresAt: true })]),
    answers: ok(answers.grantsDeleted, "How many there were."),
  },
  {
    method: "post",
    path: "/v1/log-requests",
    id: "requestLog",
    summary: "Ask a device for its log",
    about: "The command goes out as soon as the client is online. The log is read in the console.",
    permission: "diagnostics.request",
    body: requestLogSchema,
    answers: { "201": { about: "Asked.", schema: answers.logRequested } },
  },
  {
    method: "get",
    path: "/v1/log-requests/{logRequestId}",
    id: "getLogRequest",
    summary: "How far a log request is",
    permission: "diagnostics.read",
    answers: ok(answers.logRequest, "Its state and its steps."),
  },
  {
    method: "delete",
    path: "/v1/log-requests/{logRequestId}",
    id: "cancelLogRequest",
    summary: "Cancel a log request",
    permission: "diagnostics.request",
    answers: ok(answers.logRequestEnded, "Ended."),
  },
  {
    method: "post",
    path: "/v1/log-requests/{logRequestId}/begin",
    id: "beginLogRequest",
    summary: "Let a draft begin",
    about: "With the window chosen from the files the phone listed, or before its time.",
    permission: "diagnostics.request",
    body: beginFieldsSchema,
    answers: ok(answers.logRequestEnded, "It goes out as soon as the client is online."),
  },
  {
    method: "post",
    path: "/v1/bulk-log-requests",
    id: "requestLogs",
    summary: "Ask many devices for their logs",
    about: "A filter, a group or a list of up to 5,000; a few a minute, and no more once too many fail.",
    permission: "diagnostics.request",
    body: requestLogsSchema,
    answers: { "201": { about: "Asked.", schema: answers.logsRequested } },
  },
  {
    method: "get",
    path: "/v1/bulk-log-requests/{bulkId}",
    id: "getLogRequests",
    summary: "How far many log requests are",
    permission: "diagnostics.read",
    answers: ok(answers.logRequestBulk, "Their progress as one."),
  },
  {
    method: "post",
    path: "/v1/bulk-log-requests/{bulkId}/resume",
    id: "resumeLogRequests",
    summary: "Go on after too many failed",
    permission: "diagnostics.request",
    answers: ok(z.object({ state: z.literal("running") })),
  },
  {
    method: "delete",
    path: "/v1/bulk-log-requests/{bulkId}",
    id: "cancelLogRequests",
    summary: "Cancel many log requests",
    permission: "diagnostics.request",
    answers: ok(z.object({ state: z.literal("cancelled") }), "Nothing more is asked; what was asked is taken back."),
  },
  {
    method: "post",
    path: "/v1/cluster/marks",
    id: "markCluster",
    summary: "Put a mark on the cluster's charts",
    about: "For pipelines: a deploy shows beside what it changed.",
    permission: "cluster.mark",
    body: markClusterInput.omit({ idempotencyKey: true }),
    takesIdempotencyKey: true,
    answers: {
      "201": { about: "Marked.", schema: answers.mark },
      "200": { about: "It was marked before, with this idempotency key.", schema: answers.mark },
    },
  },
];

/** Parts of the API, in the order they are told. */
export const OPERATIONS: Readonly<Record<string, readonly Operation[]>> = {
  Messages: MESSAGES,
  Sends: SENDS,
  Presence: PRESENCE,
  People: PEOPLE,
  "Tokens and devices": TOKENS,
  Grants: REST.slice(0, 2),
  "Log requests": REST.slice(2, 10),
  Cluster: REST.slice(10),
};

export const idempotencyHeaders = z.object({
  "idempotency-key": idempotencyKeySchema
    .unwrap()
    .unwrap()
    .optional()
    .describe(
      "The same key never publishes twice within 24 hours (as configured); used for something else it is a CONFLICT.",
    ),
});
