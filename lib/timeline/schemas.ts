import { z } from "zod";
import type { LOG_REQUEST_STATES, MESSAGE_STATES, PresenceState } from "@/lib/events/schemas";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import type { DoubtKind, EndingReason, Flapping, SessionEnding, VerifyOutcome } from "@/lib/presence/schemas";
import { legible } from "@/lib/format/kept-text";

export const TIMELINE_KINDS = ["connection", "messages", "logs", "notes"] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

const instant = z.iso.datetime({ offset: true });

export const listTimelineSchema = z.object({
  clientId: clientIdSchema,
  /** One kind only; absent means all. */
  kind: z.enum(TIMELINE_KINDS).optional(),
  /** Only what was at or after this; absent: all that is kept. */
  from: instant.optional(),
  /** Only what was before this; absent: up to now. */
  to: instant.optional(),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});
export type ListTimelineInput = z.input<typeof listTimelineSchema>;

export const addNoteSchema = z.object({
  clientId: clientIdSchema,
  /** For colleagues; not a place for a person's data. */
  text: z.string().overwrite(legible).trim().min(1).max(2_000),
});

export const explainClientSchema = z.object({ clientId: clientIdSchema });

/**
 * Why an ending was ours: the node was lost or restarted under the session, or far more sessions than usual ended in that minute,
 * on that node or (`node` null) everywhere. Instants are ISO strings in UTC.
 */
export type OurFault =
  | { kind: "node_lost"; node: string; at: string; until: string | null }
  | { kind: "node_restarted"; node: string; at: string }
  | { kind: "wave"; node: string | null; at: string; endings: number; usual: number };

/** What a client's history says beyond its rows. */
export interface ClientExplained {
  flapping: Flapping | null;
  /** The latest fault of ours this client felt, while it still matters to whoever is on the phone; null: nothing of ours. */
  ours: (OurFault & { clients: number | null; isBack: boolean }) | null;
}

interface Entry {
  /** Unique in a client's timeline. */
  key: string;
  /** ISO, UTC. */
  at: string;
}

/** One thing that happened to a client. */
export type TimelineEntry =
  | (Entry & { what: "connected"; node: string; peerAddress: string | null })
  | (Entry & {
      what: "ended";
      node: string;
      ending: SessionEnding;
      lastedMs: number;
      /** Null: not told by the broker. */
      reason: EndingReason | null;
      endedBy: string | null;
      ours: OurFault | null;
    })
  | (Entry & { what: "refused"; node: string; reason: string; peerAddress: string | null })
  /** A node did not serve while this client was on it. */
  | (Entry & { what: "incident"; fault: OurFault })
  /** Somebody asked the broker; `state`: as known after its answer. */
  | (Entry & { what: "verified"; outcome: VerifyOutcome; state: PresenceState | null; by: string })
  /** Somebody asked the phone itself. */
  | (Entry & { what: "pinged"; answered: boolean; roundTripMs: number | null; by: string })
  | (Entry & { what: "disconnected"; outcome: string; by: string; why: string | null })
  | (Entry & { what: "blocked"; until: string | null; by: string; why: string | null })
  | (Entry & { what: "unblocked"; by: string; why: string | null })
  /** Its token said something else of the device than before. */
  | (Entry & {
      what: "deviceChanged";
      deviceModel: string | null;
      appVersion: string | null;
      oldDeviceModel: string | null;
      oldAppVersion: string | null;
    })
  /** What was shown was found wrong by asking about a doubt. */
  | (Entry & { what: "corrected"; why: DoubtKind; state: PresenceState | null })
  | (Entry & { what: "note"; text: string; by: string })
  | (Entry & {
      what: "logRequested";
      logRequestId: string;
      state: (typeof LOG_REQUEST_STATES)[number];
      by: string;
      calls: number | null;
      failedCalls: number | null;
    })
  /** A log request went on; `by`: an operator, a process of ours, or the phone itself. */
  | (Entry & { what: "logMoved"; logRequestId: string; state: (typeof LOG_REQUEST_STATES)[number]; by: string })
  | (Entry & {
      what: "message";
      messageId: string;
      topicName: string;
      qos: number;
      state: (typeof MESSAGE_STATES)[number];
      /** From acceptance to the broker's acknowledgement. */
      acknowledgedAfterMs: number | null;
      by: string;
    });

export interface ListTimelineResult {
  /** Newest first. */
  entries: readonly TimelineEntry[];
  nextCursor: string | null;
  /** More node incidents were in this page's time than are shown: only the latest are. */
  incidentsLeftOut: boolean;
}
