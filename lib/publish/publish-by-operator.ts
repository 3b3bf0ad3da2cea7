import type { z } from "zod";
import { countAudience } from "@/lib/access/count-audience";
import { BROAD_FROM } from "@/lib/access/schemas";
import { requireRoleTopic } from "@/lib/access/role-topics";
import { parseInput } from "@/lib/audit/verb";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import { clientIdOfTopic, deviceTopics } from "@/lib/mqtt/device-topics";
import { fillVariables, insideJson, variablesOf } from "@/lib/mqtt/variables";
import { requirePermission } from "@/lib/rbac/actor";
import { inTransaction, type Context } from "@/lib/rbac/context";
import { sentence } from "@/lib/sentence";
import { publishMessage, type PublishedMessage } from "./publish-message";
import { publishByOperatorSchema } from "./schemas";

/**
 * Publishes what an operator wrote: within their role's topics, with `{{clientId}}` and `{{personId}}` of the client whose topic it is
 * filled in, and, retained or to many, only after they were told to how many. What `publishMessage` promises holds. Throws FORBIDDEN
 * outside the role's topics; CONFLICT with the number when it was not confirmed, or has more than doubled since.
 */
export async function publishByOperator(
  ctx: Context,
  input: z.input<typeof publishByOperatorSchema>,
): Promise<PublishedMessage> {
  requirePermission(ctx.actor, "publish.send");
  const { confirmedDevices, ...message } = parseInput(publishByOperatorSchema, input);
  const topicName =
    "topicName" in message.to ? message.to.topicName : deviceTopics(message.to.clientId, topicRoot()).inbox;
  await requireRoleTopic(ctx, "publish", topicName);
  await requireConfirmed(ctx, { ...message, topicName, confirmedDevices: confirmedDevices ?? null });
  const payload = message.payload === undefined ? undefined : await fillPerson(ctx, { ...message, topicName });
  return inTransaction(ctx, (txCtx) => publishMessage(txCtx, { ...message, payload }));
}

async function requireConfirmed(
  ctx: Context,
  of: { topicName: string; retain: boolean; payload?: string; payloadBase64?: string; confirmedDevices: number | null },
): Promise<void> {
  const clears = of.retain && of.payload === "";
  const { may } = await countAudience(ctx, of.topicName, 0);
  if (clears || (!of.retain && may < BROAD_FROM)) return;
  if (of.confirmedDevices !== null && may <= Math.max(2 * of.confirmedDevices, BROAD_FROM)) return;
  throw new AppError(
    "CONFLICT",
    of.retain
      ? sentence("This is kept for whoever subscribes later, and may reach {may} devices. Confirm that number.", {
          may,
        })
      : sentence("This may reach {may} devices. Confirm that number.", { may }),
  );
}

async function fillPerson(
  ctx: Context,
  { payload = "", contentType, topicName }: { payload?: string; contentType?: string | null; topicName: string },
): Promise<string> {
  const wanted = variablesOf(payload).filter((name) => name === "clientId" || name === "personId");
  if (wanted.length === 0) return payload;
  const clientId = clientIdOfTopic(topicName, topicRoot());
  if (clientId === null)
    throw new AppError(
      "VALIDATION",
      sentence("{variable} is known only where the topic is one client's own.", { variable: `{{${wanted[0]}}}` }),
    );
  const client = await ctx.db.prisma.client.findUnique({ where: { clientId }, select: { personId: true } });
  const personId = client?.personId ?? null;
  if (personId === null && wanted.includes("personId"))
    throw new AppError(
      "VALIDATION",
      sentence("Whose client {clientId} is, is not known, so {variable} cannot be filled in.", {
        clientId,
        variable: "{{personId}}",
      }),
    );
  const write = contentType === "application/json" ? insideJson : undefined;
  return fillVariables(payload, { clientId, ...(personId === null ? {} : { personId }) }, write);
}
