import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { recordDeviceEvent } from "./record-device-event";

const { db } = await testDatabase();

const hear = (payload: string | Buffer, topicName = "lc/v1/clients/and-1/events") =>
  recordDeviceEvent(db.pool, { topicName, payload: Buffer.from(payload), root: "lc/v1" });

const pong = JSON.stringify({ commandId: "c-1", type: "pong", at: "2026-11-20T10:00:00Z" });

test("an event is written once however often and by however many publishers it is heard", async () => {
  const outcomes = await Promise.all([hear(pong), hear(pong), hear(pong)]);
  expect(outcomes.toSorted()).toEqual(["recorded", "repeated", "repeated"]);
  const rows = await db.prisma.deviceEvent.findMany();
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ clientId: "and-1", commandId: "c-1", type: "pong" });
  expect(rows[0]?.body).toEqual(JSON.parse(pong));
});

test("the same words from another client, or other words from the same, are other events", async () => {
  expect(await hear(pong, "lc/v1/clients/and-2/events")).toBe("recorded");
  expect(await hear(pong.replace("10:00:00", "10:00:01"))).toBe("recorded");
});

test("an event without a command is known again too", async () => {
  const report = JSON.stringify({ type: "logs.progress", sentBytes: 1 });
  expect([await hear(report), await hear(report)]).toEqual(["recorded", "repeated"]);
});

test.each([
  ["not JSON", "hello"],
  ["not an object", "[1]"],
  ["without a type", "{}"],
  ["not UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
  ["with a null character, which jsonb refuses", '{"type":"x","note":"a\\u0000b"}'],
  ["with half a surrogate pair, which jsonb refuses", '{"type":"x","note":"\\ud800"}'],
  ["too large", JSON.stringify({ type: "x", note: "x".repeat(300_000) })],
])("an event %s is malformed and never asked for again", async (_what, payload) => {
  expect(await hear(payload)).toBe("malformed");
});

test("an event on a topic of no client is malformed", async () => {
  expect(await hear(pong, "other/clients/and-1/events")).toBe("malformed");
});
