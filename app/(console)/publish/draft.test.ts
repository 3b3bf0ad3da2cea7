import { describe, expect, test } from "vitest";
import { draftOf, emptyDraft, faultsOf, formatPayload, toPublishInput } from "./draft";

const draft = { ...emptyDraft("orders/1"), payload: '{"status":"delivered"}' };

describe("a draft", () => {
  test("can be sent when its topic name and payload are right", () => {
    expect(faultsOf(draft, "lc/v1")).toEqual({ topicName: null, payload: null });
    expect(toPublishInput(draft, "k")).toEqual({
      to: { topicName: "orders/1" },
      payload: draft.payload,
      qos: 1,
      retain: false,
      contentType: "application/json",
      idempotencyKey: "k",
    });
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

  test("made of a message sent before is text where the payload is no JSON", () => {
    const sent = { topicName: "orders/1", qos: 2 as const, retain: true };
    expect(draftOf(sent, '{"a":1}')).toMatchObject({ ...sent, format: "json" });
    expect(draftOf(sent, "hello")).toMatchObject({ ...sent, format: "text", payload: "hello" });
  });
});

test("formatting indents JSON and leaves anything else alone", () => {
  expect(formatPayload('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(formatPayload("{a")).toBe("{a");
});
