import { z } from "zod";
import type { LOG_REQUEST_STATES, MESSAGE_STATES, PresenceState } from "@/lib/events/schemas";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import type { DoubtKind, VerifyOutcome } from "@/lib/presence/schemas";

export const TIMELINE_KINDS = ["connection", "messages", "logs"] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

export const listTimelineSchema = z.object({
  clientId: clientIdSchema,
  /** One kind only; absent means all. */
  kind: z.enum(TIMELINE_KINDS).optional(),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});
export type ListTimelineInput = z.input<typeof listTimelineSchema>;

interface Entry {
  /** Unique in a client's timeline. */
  key: string;
  /** ISO, UTC. */
  at: string;
}

/** One thing that happened to a client. */
export type TimelineEntry =
  | (Entry & { what: "connected"; node: string; peerAddress: string | null })
  | (Entry & { what: "ended"; node: string; ending: "queued" | "gone" | "taken_over"; lastedMs: number })
  | (Entry & { what: "refused"; node: string; reason: string; peerAddress: string | null })
  /** Somebody asked the broker; `state`: as known after its answer. */
  | (Entry & { what: "verified"; outcome: VerifyOutcome; state: PresenceState | null; by: string })
  /** What was shown was found wrong by asking about a doubt. */
  | (Entry & { what: "corrected"; why: DoubtKind; state: PresenceState | null })
  | (Entry & {
      what: "logRequested";
      logRequestId: string;
      state: (typeof LOG_REQUEST_STATES)[number];
      by: string;
      calls: number | null;
      failedCalls: number | null;
    })
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
}
