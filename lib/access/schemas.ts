import { z } from "zod";
import type { PresenceState } from "@/lib/events/schemas";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import { personIdSchema } from "@/lib/people/schemas";
import { topicFilterSchema, topicNameSchema } from "@/lib/mqtt/topics";
import { legible } from "@/lib/format/kept-text";
import { SERVICE_PERMISSIONS } from "./terms";

/** Why a device's connect was refused, as counted, kept and shown. */
export const REFUSAL_REASONS = [
  "no_token",
  "not_a_token",
  "bad_signature",
  "expired",
  "not_yet_valid",
  "wrong_issuer",
  "wrong_audience",
  "no_person",
  // The issuer was asked and says that the token is not one, or not any more.
  "not_active",
  "revoked",
  "bad_client_id",
  "other_person",
  "not_a_service",
  "issuer_unavailable",
  "blocked",
  "person_blocked",
  "network_blocked",
  "throttled",
  // Let in, but no session began: the broker or the phone gave up between the two.
  "unfinished",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export const GRANT_ACTIONS = ["subscribe", "publish"] as const;
export type GrantAction = (typeof GRANT_ACTIONS)[number];

export const grantSchema = z.object({
  personId: personIdSchema,
  topicFilter: topicFilterSchema,
  action: z.enum(GRANT_ACTIONS).default("subscribe"),
  expiresAt: z.iso
    .datetime({ offset: true })
    // years that PostgreSQL does not read as they are written
    .refine((at) => Date.parse(at) > 0, "is before 1970")
    .nullish(),
});

/** Why, in words somebody else will understand a month later. */
export const actionReasonSchema = z.string().overwrite(legible).trim().min(3).max(300);

export const blockClientSchema = z.object({
  clientId: clientIdSchema,
  reason: actionReasonSchema,
  /** Null: until it is lifted. */
  until: z.iso.datetime({ offset: true }).nullable(),
});

const MOST_FILTERS = 20;
const MOST_RATE = 1_000_000;
const MOST_RECIPIENTS = 100_000_000;

export const createApiKeySchema = z.strictObject({
  name: z.string().overwrite(legible).trim().min(1).max(100),
  permissions: z.array(z.enum(SERVICE_PERMISSIONS)).min(1),
  /** Where it may publish: each topic name it publishes to matches one of them. */
  topicFilters: z.array(topicFilterSchema).min(1).max(MOST_FILTERS).default(["#"]),
  /** Requests a second; null: as the publisher is configured. */
  ratePerSecond: z.int().min(1).max(MOST_RATE).nullish(),
  /** The most clients one send to many may reach; null: SEND_MOST_RECIPIENTS. */
  mostRecipients: z.int().min(1).max(MOST_RECIPIENTS).nullish(),
});
export type CreateApiKeyInput = z.input<typeof createApiKeySchema>;

/** How long the key of before is taken beside the one that replaces it: time for a service to be given it. */
export const OVERLAP_HOURS = 24;

/** A key as it is told, once. */
export interface MadeApiKey {
  apiKeyId: string;
  key: string;
}

export const unblockClientSchema = z.object({ clientId: clientIdSchema, reason: actionReasonSchema.optional() });

export const disconnectClientSchema = z.object({
  clientId: clientIdSchema,
  reason: actionReasonSchema,
  /** `end`: messages that wait in its session are dropped with it. */
  session: z.enum(["keep", "end"]).default("keep"),
  /** What the ending is told as. */
  because: z.enum(["disconnected", "blocked"]).default("disconnected"),
});

/** What came of it: seen offline; back with a newer session; the broker still shows the same one; nothing was connected. */
export const DISCONNECT_OUTCOMES = ["offline", "back", "not_confirmed", "was_offline"] as const;
export type DisconnectOutcome = (typeof DISCONNECT_OUTCOMES)[number];

export interface DisconnectClientResult {
  outcome: DisconnectOutcome;
  /** As it is known after it; null when the broker did not answer. */
  state: PresenceState | null;
}

/** So many devices are broad: publishing to them from the console is confirmed with their number first. A guess to revisit. */
export const BROAD_FROM = 10;

export const audienceSchema = z.strictObject({ topicName: topicNameSchema });

/**
 * Who may hear what is published to a topic name. `rule`: it is one client's own, a group's, or was granted to people. Counts of
 * clients by the state known of them are exact; of those, who subscribes is known only where the broker was asked.
 */
export interface Audience {
  rule: "client" | "group" | "granted";
  /** Clients that may subscribe to it, never connected ones left out. */
  may: number;
  states: Record<PresenceState, number>;
  /** At least BROAD_FROM. */
  isBroad: boolean;
  /** False: the name has too many levels to look at every filter, so there may be more. */
  isComplete: boolean;
  /** What the broker says of each, when they are few; null: they are not asked one by one. */
  asked: {
    subscribedNow: number;
    /** Away, with a session that is subscribed at QoS 1 or 2. */
    wouldQueue: number;
    notSubscribed: number;
    noAnswer: number;
    tookMs: number;
  } | null;
  /** ISO 8601, UTC. */
  at: string;
}

export const ROLE_TOPIC_ACTIONS = ["publish", "tail"] as const;
export type RoleTopicAction = (typeof ROLE_TOPIC_ACTIONS)[number];

export const roleTopicSchema = z.strictObject({
  /** One of ROLES, or the name of a custom one. */
  role: z.string().min(2).max(40),
  action: z.enum(ROLE_TOPIC_ACTIONS),
  topicFilter: topicFilterSchema,
});

/** A topic filter within which a role may publish or watch. */
export interface RoleTopic extends z.output<typeof roleTopicSchema> {
  allowedBy: string;
  /** ISO 8601, UTC. */
  allowedAt: string;
}

const REVOCATION_REASON = z.string().overwrite(legible).trim().max(300).optional();
const MOST_REVOKED = 1_000;
const inFuture = z.iso.datetime({ offset: true });

/** What is revoked: one token by its SHA-256 (hex) or its `jti`, or all tokens of a person that were issued before now. */
export const revocationSchema = z.union([
  z.strictObject({
    tokenHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, "a SHA-256 in hex")
      .describe("SHA-256 of the whole token, in hex."),
    until: inFuture
      .optional()
      .describe("When the token expires: after it the revocation is forgotten. 30 days unless given."),
    reason: REVOCATION_REASON,
  }),
  z.strictObject({
    tokenId: z.string().min(1).max(200).describe("The token's `jti`."),
    until: inFuture.optional(),
    reason: REVOCATION_REASON,
  }),
  z.strictObject({
    personId: personIdSchema.describe("All tokens issued to this person before now."),
    until: inFuture.optional(),
    reason: REVOCATION_REASON,
  }),
]);
export const revocationsSchema = z.array(revocationSchema).min(1).max(MOST_REVOKED);

export const releaseClientSchema = z.strictObject({ clientId: clientIdSchema, reason: actionReasonSchema });

/** `released`: free; its next sign-in binds it. `waiting`: closed until the broker has ended its session. */
export interface ReleaseClientResult {
  outcome: "released" | "waiting";
}

export const BLOCK_KINDS = ["client", "person", "network"] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** Who may not connect, why, and until when. */
export interface Block {
  kind: BlockKind;
  subject: string;
  reason: string;
  by: string;
  /** ISO 8601, UTC. */
  at: string;
  /** Null: until it is lifted. */
  until: string | null;
  /** Connects refused by it within the last 24 hours; null where they are not told apart (networks). */
  refusedLately: number | null;
}

/** What a network's block would disconnect. */
export interface NetworkCount {
  /** In its canonical form. */
  network: string;
  /** Clients that are connected from it, as far as their addresses are known. */
  connected: number;
  /** False: there are more. */
  isComplete: boolean;
}

export const listBlocksSchema = z.strictObject({});
export interface ListBlocksResult {
  /** Newest first. */
  blocks: Block[];
  /** How many more there are. */
  more: number;
}

export const testAccessSchema = z.strictObject({
  clientId: clientIdSchema,
  action: z.enum(GRANT_ACTIONS),
  /** A topic filter to subscribe with, or a topic name to publish to. */
  topic: z.string().min(1).max(1_024),
});
export type TestAccessInput = z.input<typeof testAccessSchema>;

export interface TestAccessResult {
  /** As a gateway would answer now. */
  isAllowed: boolean;
  decision: RuleDecision;
  /** How many grants of its person were looked at. */
  grants: number;
  isKnown: boolean;
  /** Why the client cannot even connect now. */
  closed: "blocked" | "person_blocked" | "being_released" | null;
}

/** What decided about a topic: the rule or grant that covers it, or why none does. */
export type RuleDecision =
  | { rule: "own" | "group"; topicFilter: string }
  | { rule: "grant"; topicFilter: string; expiresAt: string | null }
  | { rule: "malformed"; problem: string }
  /** Under LiveConnect's own topics, of another client. */
  | { rule: "other_client"; otherClientId: string }
  | { rule: "other_group"; group: string }
  /** Granted to it for the other action, or until a time that is over. */
  | { rule: "other_action" | "grant_over"; topicFilter: string }
  | { rule: "not_granted" };

/** What became of an issuer's tokens: known from before, good at first sight, believed while it does not answer, refused. */
export const TOKEN_OUTCOMES = ["known", "verified", "stale", "refused"] as const;
export type TokenOutcome = (typeof TOKEN_OUTCOMES)[number];

/** How an issuer is, and what became of its tokens since the start. */
export interface IssuerState {
  name: string;
  /** What its tokens have to say in `aud`; null: not looked at. */
  audience: string | null;
  algorithms: readonly string[];
  /** Where its keys come from; null: it has none that we know, tokens are asked about. */
  keys: "url" | "file" | null;
  /** Is it asked about tokens (RFC 7662)? */
  isAsked: boolean;
  /** Since when it does not answer: known tokens go on, new ones are refused; null while it does, or was not asked yet. */
  awaySinceMs: number | null;
  outcomes: Readonly<Record<TokenOutcome, number>>;
}

/** Whose tokens devices may connect with, by what all running gateways say together. */
export interface Issuer extends Omit<IssuerState, "awaySinceMs"> {
  /** Since when one of them gets no answer; null while it answers all. */
  awaySince: string | null;
  /** How many get none. */
  awayAt: number;
}

export interface ListIssuersResult {
  gateways: number;
  /** Since when is counted: the oldest gateway's start. */
  since: string | null;
  issuers: Issuer[];
}

export const listTopicRefusalsSchema = z.strictObject({ clientId: clientIdSchema });

/** A topic a client asked for and was refused. */
export interface TopicRefusal {
  action: GrantAction;
  topic: string;
  reason: string;
  firstAt: string;
  lastAt: string;
  times: number;
}
