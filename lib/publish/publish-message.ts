import { writeVerb } from "@/lib/audit/verb";
import { topicRoot } from "@/lib/env/topic-root";
import { deviceTopics } from "@/lib/mqtt/device-topics";
import type { Actor } from "@/lib/rbac/actor";
import { enqueueMessage } from "./enqueue-message";
import { publishMessageSchema, type MessageSource } from "./schemas";

export interface PublishedMessage {
  messageId: string;
  /** ISO 8601, UTC. */
  acceptedAt: string;
  topicName: string;
  /** True when an earlier call with this idempotency key had published it already. */
  repeated: boolean;
}

/**
 * Accepts a message for publishing: once this returns, it goes out at least once (QoS 1 and 2), or expires. Safe to call
 * twice with the same idempotency key. What became of it: `getMessage`, `waitForMessage`.
 */
export const publishMessage = writeVerb({
  permission: "publish.send",
  input: publishMessageSchema,
  work: async (ctx, message) => {
    const topicName =
      "topicName" in message.to ? message.to.topicName : deviceTopics(message.to.clientId, topicRoot()).inbox;
    const payload = payloadOf(message);
    const source = SOURCE_OF[ctx.actor.kind];
    const { messageId, acceptedAt, repeated } = await enqueueMessage(ctx, { ...message, topicName, payload, source });
    const { qos, retain } = message;
    const published: PublishedMessage = { messageId, acceptedAt: acceptedAt.toISOString(), topicName, repeated };
    return {
      result: published,
      audit: {
        action: "publish.publishMessage",
        subjectKind: "message",
        subjectId: messageId,
        details: { topicName, qos, retain, payloadBytes: payload.length, repeated },
      },
    };
  },
});

const SOURCE_OF: Record<Actor["kind"], MessageSource> = { operator: "console", service: "api", process: "diagnostics" };

/** The bytes of a payload given as text or base64. */
export const payloadOf = (message: { payload?: string; payloadBase64?: string }): Uint8Array<ArrayBuffer> =>
  message.payload === undefined
    ? Buffer.from(message.payloadBase64 ?? "", "base64")
    : Buffer.from(message.payload, "utf8");
