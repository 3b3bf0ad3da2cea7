import { describe, expect, test } from "vitest";
import { MAX_PAYLOAD_BYTES } from "@/lib/mqtt/payload";
import { publishMessageSchema } from "./schemas";

const message = { to: { topicName: "halodoc/orders/1" }, payload: "hello" };

describe("a message to publish", () => {
  test("has QoS 1 and is not retained unless it says otherwise", () => {
    expect(publishMessageSchema.parse(message)).toEqual({ ...message, qos: 1, retain: false });
  });

  test.each([
    ["no payload", { payload: undefined }],
    ["two payloads", { payloadBase64: "aGk=" }],
    ["bytes that are not base64", { payload: undefined, payloadBase64: "%%" }],
    ["two targets", { to: { topicName: "a", clientId: "b" } }],
    ["a client id outside the contract", { to: { clientId: "a/+" } }],
    ["QoS 3", { qos: 3 }],
    ["an expiry of nothing", { expirySeconds: 0 }],
    ["a field nobody knows", { qoz: 1 }],
    ["a content type with a line break", { contentType: "text/plain\r\nx" }],
    ["an idempotency key with a space", { idempotencyKey: "a b" }],
  ])("is refused with %s", (_what, change) => {
    expect(publishMessageSchema.safeParse({ ...message, ...change }).success).toBe(false);
  });

  test("may have an empty payload, which clears what is retained", () => {
    expect(publishMessageSchema.safeParse({ ...message, payload: "", retain: true }).success).toBe(true);
  });

  test("has at most 256 kB in bytes, not characters", () => {
    const fits = (payload: string) => publishMessageSchema.safeParse({ ...message, payload }).success;
    expect(fits("a".repeat(MAX_PAYLOAD_BYTES))).toBe(true);
    expect(fits("a".repeat(MAX_PAYLOAD_BYTES + 1))).toBe(false);
    expect(fits("é".repeat(MAX_PAYLOAD_BYTES / 2 + 1))).toBe(false);
    const base64 = (bytes: number) => ({
      ...message,
      payload: undefined,
      payloadBase64: Buffer.alloc(bytes).toString("base64"),
    });
    expect(publishMessageSchema.safeParse(base64(MAX_PAYLOAD_BYTES)).success).toBe(true);
    expect(publishMessageSchema.safeParse(base64(MAX_PAYLOAD_BYTES + 1)).success).toBe(false);
  });
});
