import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { idsOf, rangesOf } from "./id-ranges";
import { compareRows, compareWithBefore, type Seal } from "./compare-seal";
import { digestOfRow, headOf, NO_HEAD, type SealedRow } from "./seal-content";

const text = fc.string({ unit: "binary", maxLength: 12 });
const maybe = fc.option(text, { nil: null });
const row: fc.Arbitrary<SealedRow> = fc.record({
  at: text,
  actor_kind: text,
  actor_id: text,
  actor_name: text,
  actor_role: maybe,
  action: text,
  subject_kind: text,
  subject_id: maybe,
  reason: maybe,
  details: text,
  request_id: text,
  from_address: maybe,
  ticket: maybe,
});
const FIELDS_BEFORE = [
  "at",
  "actor_kind",
  "actor_id",
  "actor_name",
  "actor_role",
  "action",
  "subject_kind",
  "subject_id",
  "reason",
  "details",
  "request_id",
  "from_address",
] as const;
const ids = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
const ascending = ids.map((given) => given.toSorted((a, b) => a - b));

const sealOver = (rows: ReadonlyMap<number, SealedRow>, before: Seal | null = null): Seal => {
  const content = {
    number: (before?.number ?? 0) + 1,
    at: "2026-11-23T00:00:00.000000Z",
    ids: rangesOf([...rows.keys()]),
    digests: Buffer.concat([...rows.values()].map(digestOfRow)),
    previousHead: before?.head ?? NO_HEAD,
  };
  return { ...content, head: headOf(content) };
};
const rowsOf = fc
  .tuple(ascending, fc.array(row, { minLength: 20, maxLength: 20 }))
  .map(([given, rows]) => new Map(given.map((id, i) => [id, { ...rows[i], request_id: `r-${id}` } as SealedRow])));

test("the ids of a seal are told as ranges and read back", () => {
  fc.assert(
    fc.property(ascending, (given) => {
      expect(idsOf(rangesOf(given), 60)).toEqual(given);
    }),
  );
  expect(rangesOf([1, 2, 3, 7])).toBe("{[1,4),[7,8)}");
  expect(() => idsOf("{[1,9000000000)}", 5_000)).toThrow("at most 5000");
});

test("two rows have one digest only when every field is the same", () => {
  fc.assert(
    fc.property(row, row, (a, b) => {
      const same = JSON.stringify(Object.entries(a).toSorted()) === JSON.stringify(Object.entries(b).toSorted());
      expect(digestOfRow(a).equals(digestOfRow(b))).toBe(same);
    }),
  );
  const given = fc.sample(row, 1)[0];
  if (!given) throw new Error("A sample is not empty");
  const digests = Object.keys(given).map((field) => digestOfRow({ ...given, [field]: `${field} ` }).toString("hex"));
  expect(new Set([...digests, digestOfRow(given).toString("hex")]).size).toBe(digests.length + 1);
  expect(digestOfRow({ ...given, reason: "" }).equals(digestOfRow({ ...given, reason: null }))).toBe(false);
});

test("a row without a ticket has the digest of before there were tickets", () => {
  fc.assert(
    fc.property(row, (given) => {
      const { ticket, ...before } = given;
      const fields = ["liveconnect audit row 1", ...FIELDS_BEFORE.map((field) => before[field])];
      const digest = createHash("sha256").update(JSON.stringify(fields)).digest();
      expect(digestOfRow(given).equals(digest)).toBe(ticket === null);
    }),
  );
});

test("what was sealed and is still there compares as whole", () => {
  fc.assert(
    fc.property(rowsOf, rowsOf, (one, two) => {
      const first = sealOver(one);
      const second = sealOver(two, first);
      expect([compareWithBefore(first, null), compareWithBefore(second, first)]).toEqual([null, null]);
      expect([...compareRows(first, one), ...compareRows(second, two)]).toEqual([]);
    }),
  );
});

test("one changed, removed or exchanged row is named, and no other", () => {
  fc.assert(
    fc.property(rowsOf, fc.nat(), fc.nat(), (rows, a, b) => {
      const seal = sealOver(rows);
      const given = [...rows];
      const [id, one] = given[a % given.length] ?? [0, undefined];
      const [otherId, other] = given[b % given.length] ?? [0, undefined];
      if (!one || !other) throw new Error("There is at least one row");
      const changed = new Map(rows).set(id, { ...one, actor_name: `${one.actor_name}!` });
      expect(compareRows(seal, changed)).toEqual([{ kind: "rowChanged", id, seal: 1 }]);
      const removed = new Map(given.filter(([each]) => each !== id));
      expect(compareRows(seal, removed)).toEqual([{ kind: "rowMissing", id, seal: 1 }]);
      if (id === otherId) return;
      const exchanged = new Map(rows).set(id, other).set(otherId, one);
      expect(new Set(compareRows(seal, exchanged))).toEqual(
        new Set([
          { kind: "rowMoved", id, sealedAs: otherId, seal: 1 },
          { kind: "rowMoved", id: otherId, sealedAs: id, seal: 1 },
        ]),
      );
    }),
  );
});

test("a seal that was changed, removed or sealed anew breaks the chain", () => {
  const seals = fc.tuple(rowsOf, rowsOf, rowsOf).map(([one, two, three]) => {
    const first = sealOver(one);
    const second = sealOver(two, first);
    return [first, second, sealOver(three, second)] as const;
  });
  fc.assert(
    fc.property(seals, rowsOf, ([first, second, third], other) => {
      const changed = { ...second, digests: Buffer.concat([second.digests, NO_HEAD]) };
      expect(compareWithBefore(changed, first)).toEqual({ kind: "sealChanged", seal: 2 });
      expect(compareWithBefore(third, first)).toEqual({ kind: "sealMissing", seal: 2 });
      const anew = sealOver(new Map([...other].map(([id, each]) => [id + 100, each])), first);
      expect(compareWithBefore(anew, first)).toBeNull();
      expect(compareWithBefore(third, anew)).toEqual({ kind: "chainBroken", seal: 3 });
    }),
  );
});
