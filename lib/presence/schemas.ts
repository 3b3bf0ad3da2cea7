import { z } from "zod";
import { PRESENCE_STATES, type PresenceState } from "@/lib/events/schemas";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import { personIdSchema } from "@/lib/people/schemas";

export const clientSchema = z.object({ clientId: clientIdSchema });

/** A client is flapping that began at least so many sessions within FLAPPING_MINUTES: one a minute, a guess to revisit. */
export const FLAPPING_CONNECTS = 10;
export const FLAPPING_MINUTES = 10;

/** Why a node was swept: its turn, it came back, or hooks of it may have been lost. */
export const SWEEP_REASONS = [
  "rolling",
  "node_back",
  "node_lost",
  "gateway_started",
  "gateway_dropped",
  "hook_errors",
  "hooks_missing",
] as const;
export type SweepReason = (typeof SWEEP_REASONS)[number];

/** Where a state comes from: the broker's hook, our question to it, a sweep of a node, an answer of the phone, its upload. */
export const PROOF_KINDS = ["hook", "verify", "sweep", "ping", "upload"] as const;
export type ProofKind = (typeof PROOF_KINDS)[number];

/**
 * What a state alone does not say. Of unknown: its node does not answer, is not there, or nobody has watched the nodes of late. Of a
 * queue: its node is not there, so that nothing can be promised of what waits in it.
 */
export const STATE_DETAILS = ["node_silent", "node_down", "watch_stopped", "queue_unreachable"] as const;
export type StateDetail = (typeof STATE_DETAILS)[number];

/** A state with its evidence. Instants are ISO strings in UTC. */
export interface PresenceFacts {
  state: PresenceState;
  detail: StateDetail | null;
  since: string;
  node: string;
  /** As our watch of the node sees it. */
  nodeState: "up" | "silent" | "down";
  nodeStateSince: string;
  proofKind: ProofKind;
  proofAt: string;
  /** Since when the broker is being asked because hooks alone do not make the state sure; null when nothing is in doubt. */
  doubtedSince: string | null;
  /** Begin of the session this state is about. */
  startedAt: string;
  /** Why that session ended; null while it is open, and when the broker did not tell. */
  reason: EndingReason | null;
  peerAddress: string | null;
  peerPort: number | null;
  /** When the broker ends the connection itself, its token's time being over; null when it was not told to. */
  endsAt: string | null;
}

export interface Refusal {
  at: string;
  node: string;
  reason: string;
}

/** One client as its page shows it, its person masked. */
export interface ClientDetail {
  clientId: string;
  /** Null: it signed in, but no session of it was seen yet. */
  presence: PresenceFacts | null;
  cleanSession: boolean;
  platform: string | null;
  appVersion: string | null;
  deviceModel: string | null;
  firstSeenAt: string;
  lastSignInAt: string;
  person: {
    isMasked: boolean;
    /** Null: a sweep found the client, and it has not signed in since. */
    personId: string | null;
    firstName: string | null;
    name: string | null;
    phoneNumber: string | null;
    /** The best of their clients: online, else unknown, else queued, else gone; null when none was ever connected. */
    state: PresenceState | null;
    /** The latest to sign in, this one left out. */
    otherClients: readonly OtherClient[];
    /** Others that are not listed. */
    othersLeftOut: number;
  };
  lastRefusal: Refusal | null;
  block: ClientBlock | null;
}

/** Another client of the same person. */
export interface OtherClient {
  clientId: string;
  /** Null: it signed in, but no session of it was seen yet. */
  state: PresenceState | null;
  since: string | null;
  proofKind: ProofKind | null;
  proofAt: string | null;
  deviceModel: string | null;
}

/** A block that holds. Instants are ISO strings in UTC. */
export interface ClientBlock {
  reason: string;
  /** Null: until it is lifted. */
  until: string | null;
  by: string;
  at: string;
}

/** What is known of a client identifier: a client, or only that it was refused. */
export type GetClientResult =
  | { status: "known"; client: ClientDetail }
  | { status: "refused"; clientId: string; lastRefusal: Refusal; block: ClientBlock | null };

/** What asking the broker about a client led to; `overtaken`: a hook came after the question, so the answer says nothing. */
export const VERIFY_OUTCOMES = ["agreed", "corrected", "overtaken", "no_answer"] as const;
export type VerifyOutcome = (typeof VERIFY_OUTCOMES)[number];

/**
 * Why the hooks alone do not make a state sure: an ending within 15 s of its session's beginning (it may be the late one of the
 * session before), an ending with nothing open, a wakeup whose node asked for no authentication, an identity of a session not seen
 * to begin, two nodes that hold the client within 15 s, more than FLAPPING_CONNECTS, a difference found by a sweep. "verify" is
 * none of them: an operator asked.
 */
export const DOUBT_KINDS = [
  "early_ending",
  "ending_without_session",
  "wakeup_without_auth",
  "register_without_session",
  "two_nodes",
  "flapping",
  "sweep",
] as const;
export type DoubtKind = (typeof DOUBT_KINDS)[number];

export interface VerifyClientResult {
  outcome: VerifyOutcome;
  /** The state as it is known after it; null when nothing is known of the client's sessions. */
  state: PresenceState | null;
  /** How long the broker took. */
  tookMs: number;
}

/** Longest stretch of history that is asked for at once: what is kept, and a day. */
const MOST_SPAN_MS = 401 * 86_400_000;

export const listSessionsSchema = clientSchema
  .extend({
    from: z.iso.datetime({ offset: true }),
    /** Absent: up to now. */
    to: z.iso.datetime({ offset: true }).optional(),
    /** How many columns the span is summed into when its sessions are more than can be drawn. */
    columns: z.coerce.number().int().min(10).max(1_000).default(360),
  })
  .refine(({ from, to }) => !to || Date.parse(to) > Date.parse(from), { path: ["to"], message: "not after from" })
  .refine(({ from, to }) => !to || Date.parse(to) - Date.parse(from) <= MOST_SPAN_MS, {
    path: ["from"],
    message: "at most 401 days at once",
  });
export type ListSessionsInput = z.input<typeof listSessionsSchema>;

/** What a session left: a queue for the next one, nothing, or its place to a newer connection. */
export const SESSION_ENDINGS = ["queued", "gone", "taken_over"] as const;
export type SessionEnding = (typeof SESSION_ENDINGS)[number];

/**
 * Why a session ended, only where it is known: a newer connection, an operator who ended or blocked it, its token revoked or over, the
 * end of a kept session's time, the loss of its node. The broker tells none of them.
 */
export const ENDING_REASONS = [
  "taken_over",
  "disconnected",
  "blocked",
  "revoked",
  "token_expired",
  "session_expired",
  "node_lost",
] as const;
export type EndingReason = (typeof ENDING_REASONS)[number];
/** Those somebody orders. */
export type AnnouncedReason = Extract<EndingReason, "disconnected" | "blocked" | "revoked">;

/** A session that ended. */
export interface EndedSession {
  node: string;
  startedAt: string;
  endedAt: string;
  ending: SessionEnding;
  /** Null: not told by the broker. */
  reason: EndingReason | null;
  /** The operator who ended it. */
  endedBy: string | null;
}

/** One of equal stretches of a span: shares of its time (0 to 1), and how many sessions began in it. */
export interface SessionColumn {
  online: number;
  queued: number;
  connects: number;
}

/**
 * What ended in a span and touches it, oldest first, with the one before it, which says what the time until the first was; or, when
 * those are too many to be drawn one by one, the same in columns. The open session is in `getClient`.
 */
export type SessionHistory =
  | { detail: "sessions"; sessions: readonly EndedSession[] }
  | {
      detail: "columns";
      /** From `from` on, each `columnMs` long. */
      columns: readonly SessionColumn[];
      columnMs: number;
      from: string;
      /** Sessions summed. */
      sessions: number;
      /** From then on only, when there were more than are read at once; null: all of the span. */
      onlySince: string | null;
      /** The last of them, which says what the time after it is. */
      last: EndedSession | null;
    };

/** Connects too many for one phone; see findFlapping. Instants are ISO strings in UTC. */
export interface Flapping {
  connects: number;
  from: string;
  to: string;
  takeOvers: number;
  sharedId: boolean;
  addresses: readonly { address: string; connects: number }[];
  devices: readonly string[];
}

/** Online from an instant (inclusive) to another (exclusive), ms since the epoch. */
export interface OnlineSpan {
  from: number;
  to: number;
}

/** When a client will be online again by its own habit. Instants are ISO strings in UTC. */
export type NextOnline =
  /** Online now: nothing to wait for. */
  | { status: "online" }
  /** Fewer than five comparable days; `days`: how many there are. */
  | { status: "too_little"; days: number }
  /** On `cameBack` of `days` it was online again within a day, at no particular time. */
  | { status: "no_pattern"; days: number; cameBack: number }
  /** Usually about `usually`, between `from` and `to` on `within` of `days` days. */
  | { status: "estimated"; usually: string; from: string; to: string; within: number; days: number };

/** Share (0 to 1) of each of the 24 hours of the local day a client was online, on `days` days; all alike today, or (null) any. */
export interface UsualHours {
  hours: readonly number[];
  days: number;
  isWeekend: boolean | null;
}

export const estimateNextOnlineSchema = clientSchema.extend({
  /** Whose clock the days are by, an IANA name. */
  timeZone: z.string().refine(isTimeZone, "not a time zone").default("Asia/Jakarta"),
});

export interface NextOnlineResult {
  next: NextOnline;
  usual: UsualHours;
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The presence of one client as everybody outside is told it: services' API, staff API, webhooks. Instants are ISO strings in UTC. */
export const presenceReportSchema = z.object({
  clientId: z.string(),
  state: z.enum(PRESENCE_STATES),
  since: z.iso.datetime(),
  node: z.string(),
  /** The newest evidence for it. */
  proof: z.object({ kind: z.enum(PROOF_KINDS), at: z.iso.datetime(), ageSeconds: z.number().min(0) }),
  /** Why it is unknown, or that nothing can be promised of what waits in a queue. */
  detail: z.enum(STATE_DETAILS).nullable(),
  /** Why the session ended; null while it is open, and mostly, as the broker does not tell. */
  endReason: z.enum(ENDING_REASONS).nullable(),
  /** Since when the broker is being asked, as hooks alone do not make the state sure; null: nothing is in doubt. */
  doubtedSince: z.iso.datetime().nullable(),
  /** When asking the broker showed that what was known before was wrong; null: the state came as a hook. */
  correctedAt: z.iso.datetime().nullable(),
});
export type PresenceReport = z.output<typeof presenceReportSchema>;

/** The most clients of one question. */
export const MOST_ASKED_CLIENTS = 1_000;

export const queryPresenceSchema = z.strictObject({
  clientIds: z.array(clientIdSchema).min(1).max(MOST_ASKED_CLIENTS),
});

export interface PresenceReports {
  /** In the order asked. */
  presences: PresenceReport[];
  /** Clients no session of which was ever seen. */
  neverSeen: string[];
}

export const personPresenceSchema = z.strictObject({ personId: personIdSchema });

/** A person's presence: the best of their clients' (online, unknown, queued, gone). */
export interface PersonPresence {
  personId: string;
  /** Null: no client of theirs ever had a session. */
  state: PresenceState | null;
  /** Online and unknown: of the client that has been so longest; offline: when the last of them went. */
  since: string | null;
  /** The newest 50, best state first. */
  clients: PresenceReport[];
}

/** A client's session as the broker has it at this moment. */
export type LiveSession = { tookMs: number } & (
  | {
      status: "session";
      isOnline: boolean;
      cleanSession: boolean;
      /** 3, 4 (MQTT 3.1.1) or 5; null while offline. */
      protocolVersion: number | null;
      startedAt: string | null;
      queuedMessages: number;
      waitingAcks: number | null;
      subscriptions: readonly { topicFilter: string; qos: number }[];
    }
  /** Every node answered, and none holds one. */
  | { status: "no_session" }
  | { status: "no_answer" }
);
