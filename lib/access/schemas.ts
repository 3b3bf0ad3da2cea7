import { z } from "zod";
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
