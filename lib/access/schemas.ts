import { z } from "zod";
import type { PresenceState } from "@/lib/events/schemas";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import { topicFilterSchema } from "@/lib/mqtt/topics";

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
  "bad_client_id",
  "other_person",
  "not_a_service",
  "issuer_unavailable",
  "blocked",
  // Let in, but no session began: the broker or the phone gave up between the two.
  "unfinished",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export const GRANT_ACTIONS = ["subscribe", "publish"] as const;
export type GrantAction = (typeof GRANT_ACTIONS)[number];

export const grantSchema = z.object({
  personId: z.string().min(1).max(128),
  topicFilter: topicFilterSchema,
  action: z.enum(GRANT_ACTIONS).default("subscribe"),
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
});

/** Why, in words somebody else will understand a month later. */
export const actionReasonSchema = z.string().trim().min(3).max(300);

export const blockClientSchema = z.object({
  clientId: clientIdSchema,
  reason: actionReasonSchema,
  /** Null: until it is lifted. */
  until: z.iso.datetime({ offset: true }).nullable(),
});

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
