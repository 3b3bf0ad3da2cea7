import type { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { notify } from "@/lib/events/notify";
import { revocationsSchema, type revocationSchema } from "./schemas";

// Longer than any access token should live.
const KEEP_MS = 30 * 86_400_000;

/**
 * Takes the trust away from tokens: from this commit on gateways refuse them, as soon as they heard, and connections that stand by them
 * are ended within 5 s (`endRefusedConnections`). Revoking again begins anew: a person's tokens of meanwhile are revoked too.
 */
export const revokeTokens = writeVerb({
  permission: "access.revoke",
  input: revocationsSchema,
  work: async (ctx, revocations) => {
    const now = ctx.now();
    for (const revocation of revocations) {
      const until = revocation.until ? new Date(revocation.until) : new Date(now.getTime() + KEEP_MS);
      if (until <= now) throw new AppError("VALIDATION", "until: in the past. Leave out tokens that have expired.");
      const subject = subjectOf(revocation);
      const row = { revokedAt: now, until, reason: revocation.reason ?? null, revokedBy: ctx.actor.name, looks: 0 };
      await ctx.tx.tokenRevocation.upsert({
        where: { kind_subject: subject },
        create: { ...subject, ...row },
        update: row,
      });
    }
    await notify(ctx.tx, { type: "access.tokensRevoked" });
    return {
      result: { revoked: revocations.length },
      audit: revocations.map((revocation) => {
        const { kind, subject } = subjectOf(revocation);
        return {
          action: "access.revokeTokens",
          subjectKind: kind === "person" ? ("person" as const) : ("token" as const),
          subjectId: subject,
          reason: revocation.reason ?? null,
          details: { kind },
        };
      }),
    };
  },
});

/** As kept: a hash in base64, as gateways have it of a token. */
function subjectOf(revocation: z.output<typeof revocationSchema>): { kind: string; subject: string } {
  if ("tokenHash" in revocation)
    return { kind: "token_hash", subject: Buffer.from(revocation.tokenHash, "hex").toString("base64") };
  if ("tokenId" in revocation) return { kind: "token_id", subject: revocation.tokenId };
  return { kind: "person", subject: revocation.personId };
}
