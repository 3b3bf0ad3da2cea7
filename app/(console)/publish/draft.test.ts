import { describe, expect, test } from "vitest";
import { contentOf, draftOf, draftOfSaved, emptyDraft, faultsOf, formatPayload, toPublishInput } from "./draft";

const draft = { ...emptyDraft("orders/1"), payload: '{"status":"delivered"}' };
const attempt = { idempotencyKey: "k", now: "2026-11-23T01:00:00.000Z", uuid: "u-1", confirmedDevices: null };

describe("a draft", () => {
  test("can be sent when its topic name and payload are right", () => {
    expect(faultsOf(draft, "lc/v1")).toEqual({ topicName: null, payload: null, missing: [] });
    expect(toPublishInput(draft, attempt)).toEqual({
      to: { topicName: "orders/1" },
      payload: draft.payload,
      qos: 1,
      retain: false,
      contentType: "application/json",
      idempotencyKey: "k",
    });
  });

  test("carries its MQTT 5 user properties, those that have a name", () => {
    const userProperties = [
      { name: "trace", value: "a-1" },
      { name: "", value: "left out" },
    ];
    expect(toPublishInput({ ...draft, userProperties }, attempt).userProperties).toEqual({ trace: "a-1" });
    expect(toPublishInput(draft, attempt)).not.toHaveProperty("userProperties");
  });

  test("says where its JSON goes wrong", () => {
    const wrong = { ...draft, payload: '{\n  "a": 1\n  "b": 2\n}' };
    expect(faultsOf(wrong, "lc/v1").payload).toEqual({ kind: "json", place: { line: 3, column: 3 } });
    expect(faultsOf({ ...wrong, format: "text" }, "lc/v1").payload).toBeNull();
  });

  test("may have an empty payload, and none of more than 256 kB", () => {
    expect(faultsOf({ ...draft, payload: "" }, "lc/v1").payload).toBeNull();
    expect(faultsOf({ ...draft, payload: "é".repeat(128_001) }, "lc/v1").payload).toEqual({ kind: "tooLarge" });
  });

  test("of bytes is written in hex or base64, and sent as bytes", () => {
    expect(faultsOf({ ...draft, format: "hex", payload: "0" }, "lc/v1").payload).toEqual({ kind: "hex" });
    expect(faultsOf({ ...draft, format: "base64", payload: "a" }, "lc/v1").payload).toEqual({ kind: "base64" });
    const sent = toPublishInput({ ...draft, format: "hex", payload: "00 ff" }, attempt);
    expect(sent).toMatchObject({ payloadBase64: "AP8=" });
    expect(sent).not.toHaveProperty("payload");
  });

  test("made of a message sent before is what was sent: JSON, text, or bytes in hex", () => {
    const sent = { topicName: "orders/1", qos: 2 as const, retain: true, contentType: null };
    expect(draftOf(sent, { text: '{"a":1}', base64: "" })).toMatchObject({ qos: 2, retain: true, format: "json" });
    expect(draftOf(sent, { text: "hello", base64: "" })).toMatchObject({ format: "text", payload: "hello" });
    expect(draftOf(sent, { text: null, base64: "AP8=" })).toMatchObject({ format: "hex", payload: "00 ff" });
  });

  test("is saved and opened again without the values of its variables", () => {
    const filled = { ...draft, expiry: "900" as const, values: { orderId: "1" } };
    expect(draftOfSaved(contentOf(filled))).toEqual({ ...filled, values: {} });
  });
});

test("variables are asked for, filled in topic and payload, and never break the JSON around them", () => {
  const asking = {
    ...emptyDraft("orders/{{orderId}}"),
    payload: '{"by":"{{name}}","at":"{{now}}","for":"{{personId}}"}',
  };
  expect(faultsOf(asking, "lc/v1").missing).toEqual(["orderId", "name"]);
  const values = { orderId: "ABC-1", name: 'Si"ti' };
  expect(faultsOf({ ...asking, values }, "lc/v1").missing).toEqual([]);
  const sent = toPublishInput({ ...asking, values }, attempt);
  expect(sent.to).toEqual({ topicName: "orders/ABC-1" });
  // the person is the server's to know
  expect(JSON.parse(sent.payload ?? "")).toEqual({ by: 'Si"ti', at: attempt.now, for: "{{personId}}" });
});

test("formatting indents JSON and leaves anything else alone", () => {
  expect(formatPayload('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(formatPayload("{a")).toBe("{a");
});
