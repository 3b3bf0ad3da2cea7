import { describe, expect, it } from "vitest";
import { createBatchLookup } from "./batch-lookup";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A store whose answers come when the test says so. */
function heldStore() {
  const asked: string[][] = [];
  const answers: ((known: Record<string, string> | Error) => void)[] = [];
  const load = (keys: readonly string[]) =>
    new Promise<Map<string, string>>((resolve, reject) => {
      asked.push([...keys]);
      answers.push((known) => (known instanceof Error ? reject(known) : resolve(new Map(Object.entries(known)))));
    });
  return { asked, answers, load };
}

describe("lookups of what memory does not know", () => {
  it("are gathered while one is under way, each key asked once for all who wait", async () => {
    const store = heldStore();
    const lookup = createBatchLookup({ load: store.load, nowMs: () => 0 });
    const found = ["a", "b", "b", "c"].map(lookup);
    expect(store.asked).toEqual([["a"]]);
    store.answers[0]?.({ a: "A" });
    await settled();
    expect(store.asked[1]).toEqual(["b", "c"]);
    store.answers[1]?.({ b: "B" });
    expect(await Promise.all(found)).toEqual([
      { status: "answered", value: "A" },
      { status: "answered", value: "B" },
      { status: "answered", value: "B" },
      { status: "answered", value: undefined },
    ]);
  });

  it("stop for a second after the store failed, then begin again", async () => {
    const store = heldStore();
    let nowMs = 0;
    const lookup = createBatchLookup({ load: store.load, nowMs: () => nowMs });
    const [first, second] = [lookup("a"), lookup("b")];
    store.answers[0]?.(new Error("connection refused"));
    expect(await Promise.all([first, second, lookup("c")])).toEqual(
      Array.from({ length: 3 }, () => ({ status: "unanswered" })),
    );
    expect(store.asked).toEqual([["a"]]);
    nowMs = 1_001;
    const later = lookup("a");
    store.answers[1]?.({ a: "A" });
    expect(await later).toEqual({ status: "answered", value: "A" });
  });

  it("do not wait for a store that does not answer", async () => {
    const store = heldStore();
    const lookup = createBatchLookup({ load: store.load, nowMs: () => performance.now() });
    expect(await lookup("a")).toEqual({ status: "unanswered" });
  });
});
