import { randomUUID } from "node:crypto";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence, term } from "@/lib/sentence";
import { makeWebhookSecret } from "@/lib/webhooks/secret";
import { targetFault } from "@/lib/webhooks/target";
import { destinationOf, openSecrets, sealSecrets } from "./channel-secrets";
import { channelInput } from "./schemas";

const MOST_CHANNELS = 50;

/**
 * Makes or changes a channel. Gives the secret that signs a webhook's notices once, when it is made: it cannot be read again. A
 * channel keeps its kind.
 */
export const saveChannel = writeVerb({
  permission: "alerts.manage",
  input: channelInput,
  work: async (ctx, { id, target, name, severities, enabled }) => {
    const before = id ? await ctx.tx.alertChannel.findUnique({ where: { id } }) : null;
    if (id && !before) throw new AppError("NOT_FOUND", "There is no such channel.");
    if (!before && !target) throw new AppError("VALIDATION", "target: a channel leads somewhere.");
    if (before && target && before.kind !== target.kind)
      throw new AppError(
        "VALIDATION",
        sentence("target: this channel is of the kind {kind}; make another one.", {
          kind: term("alerts.kinds", before.kind),
        }),
      );
    if (!before && (await ctx.tx.alertChannel.count()) >= MOST_CHANNELS)
      throw new AppError(
        "LIMIT",
        sentence("There are {most} channels already; delete one first.", { most: MOST_CHANNELS }),
      );
    const fault = target && target.kind !== "email" ? targetFault(target.url) : null;
    if (fault !== null) throw new AppError("VALIDATION", fault, { issues: [{ path: "target.url", message: fault }] });
    const channelId = before?.id ?? randomUUID();
    const isSigned = target?.kind === "webhook";
    const signingSecret = before ? openSecrets(before).signingSecret : isSigned ? makeWebhookSecret() : null;
    const leads = target
      ? { destination: destinationOf(target), sealed: sealSecrets(channelId, { target, signingSecret }) }
      : {};
    const data = { name, severities, enabled };
    if (before) await ctx.tx.alertChannel.update({ where: { id: channelId }, data: { ...data, ...leads } });
    else if (target)
      await ctx.tx.alertChannel.create({
        data: {
          id: channelId,
          ...data,
          kind: target.kind,
          destination: destinationOf(target),
          sealed: sealSecrets(channelId, { target, signingSecret }),
          createdAt: ctx.now(),
          createdBy: ctx.actor.name,
        },
      });
    return {
      result: { channelId, signingSecret: before ? null : signingSecret },
      audit: {
        action: "alerts.saveChannel",
        subjectKind: "alert_channel",
        subjectId: channelId,
        details: { name, severities, enabled, isTargetChanged: target !== undefined },
      },
    };
  },
});
