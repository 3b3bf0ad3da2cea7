import { setTimeout as wait } from "node:timers/promises";
import type { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { notify } from "@/lib/events/notify";
import type { Context } from "@/lib/rbac/context";
import { releaseClientSchema, type ReleaseClientResult } from "./schemas";

const MOST_LOOKS = 20;
const LOOK_EVERY_MS = 250;

/**
 * Makes a device nobody's again, so that another person may sign in on it: it is closed at once, the worker ends its session with the messages
 * that wait in it (`finishReleases`), and then its next sign-in binds it. Waits up to 5 s for that. Asking again while it waits changes
 * nothing. Throws NOT_FOUND for a client that is nobody's.
 */
export async function releaseClient(
  ctx: Context,
  input: z.input<typeof releaseClientSchema>,
): Promise<ReleaseClientResult> {
  const { clientId } = await askRelease(ctx, input);
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const release = await ctx.db.prisma.clientRelease.findUnique({ where: { clientId } });
    if (release?.releasedAt) return { outcome: "released" };
    await wait(LOOK_EVERY_MS);
  }
  return { outcome: "waiting" };
}

const askRelease = writeVerb({
  permission: "access.release",
  input: releaseClientSchema,
  work: async (ctx, { clientId, reason }) => {
    const client = await ctx.tx.client.findUnique({ where: { clientId } });
    if (!client?.personId)
      throw new AppError(
        "NOT_FOUND",
        sentence("No person is bound to the client {clientId}. Anybody may sign in on it.", { clientId }),
      );
    const row = { askedAt: ctx.now(), askedBy: ctx.actor.name, reason, releasedAt: null };
    await ctx.tx.clientRelease.upsert({ where: { clientId }, create: { clientId, ...row }, update: row });
    await notify(ctx.tx, { type: "access.blocksChanged", clientId });
    return {
      result: { clientId },
      audit: [
        { action: "access.releaseClient", subjectKind: "client", subjectId: clientId, reason },
        {
          action: "access.releaseClient",
          subjectKind: "person",
          subjectId: client.personId,
          reason,
          details: { clientId },
        },
      ],
    };
  },
});
