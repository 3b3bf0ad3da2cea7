import { expect, test } from "vitest";
import { contentOf, emptyDraft } from "./draft";
import { readImport, writeExport } from "./read-import";

const content = contentOf({ ...emptyDraft("orders/{{orderId}}"), payload: "{}", qos: 2 });

test("what was exported is imported", () => {
  const saved = { id: "1", name: "Order", shared: true, own: true, ownerName: "Dewi", savedAt: "", content };
  expect(readImport(writeExport([saved]))).toEqual({ messages: [{ name: "Order", content }], leftOut: 0 });
});

test("of an export of MQTTX what was published is taken, each topic's latest once", () => {
  const sent = { out: true, topic: "a/b", payload: '{"n":1}', qos: 1, retain: false, createAt: "2026-11-20" };
  const file = [
    {
      clientId: "mqttx_1",
      name: "Staging",
      host: "broker",
      subscriptions: [],
      messages: [
        sent,
        { ...sent, payload: '{"n":2}', properties: { contentType: "application/json", userProperties: { a: "b" } } },
        { ...sent, out: false, topic: "c" },
        { ...sent, qos: 7 },
      ],
    },
  ];
  const read = readImport(JSON.stringify(file));
  expect(read.messages).toMatchObject([
    {
      name: "Staging: a/b",
      content: { topicName: "a/b", payload: '{"n":2}', userProperties: [{ name: "a", value: "b" }] },
    },
  ]);
  expect(read.leftOut).toBe(2);
});

test("any other file has nothing to take", () => {
  for (const text of ["", "[]", '{"a":1}', "not JSON", '[{"messages":3}]'])
    expect(readImport(text)).toEqual({ messages: [], leftOut: 0 });
});
