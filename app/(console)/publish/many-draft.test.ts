import { expect, test } from "vitest";
import { emptyDraft } from "./draft";
import { choiceOf, emptyMany, listedClients, manyFault, toSendInput } from "./many-draft";

const many = { ...emptyMany(), by: "list" as const, list: 'and-1, and-2\n"ios-3";and-1' };

test("a pasted list is read however it is parted, each client once", () => {
  expect(listedClients(many.list)).toEqual(["and-1", "and-2", "ios-3"]);
  expect(listedClients(" \n")).toEqual([]);
  expect(choiceOf(many)).toEqual({ clientIds: ["and-1", "and-2", "ios-3"] });
  expect(choiceOf({ ...many, by: "filters" })).toMatchObject({ states: ["online", "offline_queued"] });
});

test("what cannot be sent to is said: a word that is no identifier, nobody, too many, a wrong rate", () => {
  expect(manyFault(many)).toBeNull();
  expect(manyFault({ ...many, list: "and-1 siti rahma#" })).toEqual({ kind: "notClientId", word: "rahma#" });
  expect(manyFault({ ...many, list: "" })).toEqual({ kind: "nobody" });
  expect(manyFault({ ...many, list: Array.from({ length: 5_001 }, (_, n) => `c-${n}`).join(" ") })).toEqual({
    kind: "tooMany",
  });
  for (const rate of ["0", "1.5", "x", "10001"]) expect(manyFault({ ...many, rate })).toEqual({ kind: "rate" });
});

test("is sent as what the form says, without a topic name and never retained", () => {
  const draft = { ...emptyDraft("some/topic"), retain: true, payload: '{"at":"{{now}}","to":"{{clientId}}"}' };
  const attempt = { idempotencyKey: "k", now: "2026-11-23T01:00:00.000Z", uuid: "u", confirmed: 3 };
  expect(toSendInput(draft, { ...many, rate: "50" }, attempt)).toEqual({
    to: { clients: { clientIds: ["and-1", "and-2", "ios-3"] }, ratePerSecond: 50 },
    payload: '{"at":"2026-11-23T01:00:00.000Z","to":"{{clientId}}"}',
    qos: 1,
    contentType: "application/json",
    idempotencyKey: "k",
    confirmedClients: 3,
  });
});
