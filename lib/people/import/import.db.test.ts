import { Readable } from "node:stream";
import { beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { rolesWithout, testContext } from "@/test/factories";
import { forgetPerson } from "../forget-person";
import { foldName, personWordRows } from "../person-words";
import { putPeople } from "../put-people";
import type { PersonInput } from "../schemas";
import { cancelImport, getImport, readImportErrors } from "./get-import";
import { receiveImport, startImport } from "./receive-import";
import { clearBrokenImports, runNextImport } from "./run-import";

const { db } = await testDatabase();
const service = testContext(db, { permissions: ["people.write"] });
const never = new AbortController().signal;

beforeEach(() => db.pool.query("truncate people, person_words, name_words, people_imports cascade"));

const linesOf = (people: readonly (PersonInput | string)[]): string =>
  people.map((person) => (typeof person === "string" ? person : JSON.stringify(person))).join("\n");

/** Sends in pieces that end anywhere, as a network does. */
async function send(text: string, mode: "merge" | "replace" = "merge", pieceBytes = 64 * 1024): Promise<string> {
  const { importId } = await startImport(service, { mode });
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, n) =>
    bytes.subarray(n * pieceBytes, (n + 1) * pieceBytes),
  );
  await receiveImport(service, { importId, body: Readable.from(pieces) });
  return importId;
}
const run = () => runNextImport(service, never);
const names = async () =>
  Object.fromEntries(
    (await db.prisma.person.findMany({ orderBy: { personId: "asc" } })).map((row) => [row.personId, row.name]),
  );
const many = (count: number, from = 0): PersonInput[] =>
  Array.from({ length: count }, (_, n) => ({
    personId: `p-${String(from + n).padStart(6, "0")}`,
    name: `Siti Zoë-${n % 97} Rahma${n % 7}`,
    phoneNumber: `0812${10_000_000 + n}`,
  }));

describe("an import of people", () => {
  test("makes everyone known and findable as a sign-in would, whatever stands in their names", async () => {
    const people: PersonInput[] = [
      { personId: "a", name: "Zoë O'Neil\\n", phoneNumber: "0812 3400 017" },
      { personId: 'b"\\', name: "Ni Made Ayu", phoneNumber: null },
      { personId: "c" },
      { personId: "d", name: "𝒮iti 李" },
    ];
    const importId = await send(linesOf(people), "merge", 7);
    expect(await run()).toBe(true);
    expect(await run()).toBe(false);
    expect(await names()).toEqual({ a: "Zoë O'Neil\\n", 'b"\\': "Ni Made Ayu", c: null, d: "𝒮iti 李" });
    expect(await db.prisma.person.findUnique({ where: { personId: "a" } })).toMatchObject({
      phoneNumber: "+628123400017",
    });
    for (const { personId, name } of people) {
      const { rows } = await db.pool.query<{ word: string }>("select word from person_words where person_id = $1", [
        personId,
      ]);
      expect(rows.map((row) => row.word).toSorted()).toEqual(personWordRows(foldName(name ?? "")).toSorted());
    }
    expect(await db.prisma.nameWord.count({ where: { form: "%oneil".slice(0, 1) + "neil" } })).toBe(0);
    expect(await db.prisma.nameWord.count({ where: { form: "neil", word: "neil" } })).toBe(1);
    expect(await getImport(service, { importId })).toMatchObject({
      state: "finished",
      rows: { received: 4, read: 4, written: 4, refused: 0 },
    });
    expect(await db.prisma.$queryRaw`select 1 from people_import_chunks`).toEqual([]);
  });

  test("of several chunks counts every line, and of two lines for one person the later stands", async () => {
    const people = [...many(15_000), { personId: "p-000003", name: "Last Word" }];
    const importId = await send(linesOf(people));
    await run();
    expect(await getImport(service, { importId })).toMatchObject({
      state: "finished",
      rows: { received: 15_001, read: 15_001, written: 15_001, refused: 0 },
    });
    expect((await names())["p-000003"]).toBe("Last Word");
    const words = await db.prisma.personWord.findMany({ where: { personId: "p-000003" } });
    expect(words.map(({ word }) => word).toSorted()).toEqual(["last word", "word last"]);
    // the same file again changes nothing but the two lines that disagree
    const again = await send(linesOf(people));
    await run();
    expect((await getImport(service, { importId: again })).rows.written).toBeLessThanOrEqual(2);
  });

  test("refuses lines by number without repeating them, and takes the others", async () => {
    const importId = await send(
      linesOf([
        { personId: "a", name: "Ani" },
        "not JSON, secret 0812",
        "",
        { personId: "b", phoneNumber: "secret" },
        '{"personId":7}',
        '{"personId":"c","secret":1}',
        { personId: "d", name: "Dewi" },
      ]),
    );
    await run();
    expect(Object.keys(await names())).toEqual(["a", "d"]);
    const refused = await readImportErrors(service, { importId });
    expect(refused.map(({ line }) => line)).toEqual([2, 4, 5, 6]);
    expect(refused[0]?.reason).toBe("is not JSON");
    expect(JSON.stringify(refused)).not.toContain("secret");
    expect(await getImport(service, { importId })).toMatchObject({
      rows: { received: 7, read: 6, written: 2, refused: 4 },
    });
  });

  test("goes on after its worker was killed, without a line lost or written twice", async () => {
    const importId = await send(linesOf(many(30_000)));
    const dying = new AbortController();
    const stopped = runNextImport(service, dying.signal);
    await expect
      .poll(async () => (await getImport(service, { importId })).rows.read, { timeout: 20_000 })
      .toBeGreaterThan(0);
    dying.abort();
    await stopped;
    const halfway = await getImport(service, { importId });
    expect(halfway.state).toBe("running");
    expect(halfway.rows.read).toBeLessThan(30_000);
    // killed, it would not have given its lease back: nobody takes it before that is over
    await db.pool.query("update people_imports set lease_until = now() + interval '30 seconds'");
    expect(await run()).toBe(false);
    await db.pool.query("update people_imports set lease_until = now()");
    expect(await run()).toBe(true);
    expect(await getImport(service, { importId })).toMatchObject({
      state: "finished",
      rows: { read: 30_000, written: 30_000 },
    });
    expect(await db.prisma.person.count()).toBe(30_000);
  });

  test("leaves what was told of a person after it began, and brings nobody back who was forgotten meanwhile", async () => {
    const importId = await send(
      linesOf([
        { personId: "a", name: "Old" },
        { personId: "b", name: "Gone" },
        { personId: "c", name: "Ani" },
      ]),
    );
    await putPeople(service, [
      { personId: "a", name: "New" },
      { personId: "b", name: "Gone" },
    ]);
    await forgetPerson(service, { personId: "b" });
    await run();
    expect(await names()).toEqual({ a: "New", c: "Ani" });
    expect((await getImport(service, { importId })).rows).toMatchObject({ read: 3, written: 1 });
  });

  test("in mode replace removes whom its file does not name, if every line could be read", async () => {
    await putPeople(service, [
      { personId: "old", name: "Old One" },
      { personId: "a", name: "Ani" },
    ]);
    const broken = await send(linesOf([{ personId: "a", name: "Ani" }, "broken"]), "replace");
    await run();
    expect(await getImport(service, { importId: broken })).toMatchObject({ state: "finished", removed: null });
    expect(Object.keys(await names())).toEqual(["a", "old"]);
    const whole = await send(linesOf([{ personId: "a", name: "Ani" }, ...many(3)]), "replace");
    await putPeople(service, [{ personId: "later", name: "Later" }]);
    await run();
    expect(await getImport(service, { importId: whole })).toMatchObject({ state: "finished", removed: 1 });
    expect(Object.keys(await names())).toEqual(["a", "later", "p-000000", "p-000001", "p-000002"]);
    expect(await db.prisma.personWord.count({ where: { personId: "old" } })).toBe(0);
  });

  test("is searchable by others while it runs: nobody waits for it", async () => {
    await putPeople(service, [{ personId: "known", name: "Known Already" }]);
    const importId = await send(linesOf([...many(20_000), { personId: "known", name: "Known Anew" }]));
    const running = run();
    const searcher = await db.pool.connect();
    // Waiting for any lock of the import's fails the search.
    await searcher.query("set lock_timeout = '10ms'");
    for (let state = "waiting"; state !== "finished"; state = (await getImport(service, { importId })).state) {
      // Each by its index: without statistics of what is being loaded a join may read both tables whole.
      for (const search of [
        "select 1 from person_words where word >= 'known' and word < 'knowo'",
        "select 1 from people where person_id = 'known'",
      ])
        expect((await searcher.query(search)).rows.length).toBeGreaterThan(0);
    }
    await searcher.query("reset lock_timeout");
    searcher.release();
    await running;
  });

  test("that breaks off is failed and leaves nothing behind", async () => {
    const { importId } = await startImport(service, {});
    const body = (async function* () {
      yield Buffer.from(linesOf(many(30_000)));
      throw new Error("aborted");
    })();
    await expect(receiveImport(service, { importId, body })).rejects.toMatchObject({ code: "VALIDATION" });
    expect(await getImport(service, { importId })).toMatchObject({
      state: "failed",
      failure: expect.stringContaining("broke off"),
    });
    expect(await db.prisma.$queryRaw`select 1 from people_import_chunks`).toEqual([]);
    // a publisher that was killed says nothing: its lease does
    const { importId: silent } = await startImport(service, {});
    await db.pool.query("update people_imports set lease_until = now() where id = $1", [silent]);
    await clearBrokenImports(service);
    expect(await getImport(service, { importId: silent })).toMatchObject({ state: "failed" });
    expect(await run()).toBe(false);
  });

  test("ends when it is cancelled, and its file goes; cancelling again is harmless", async () => {
    const importId = await send(linesOf(many(10)));
    expect(await cancelImport(service, { importId })).toEqual({ cancelled: true });
    expect(await cancelImport(service, { importId })).toEqual({ cancelled: false });
    expect(await run()).toBe(false);
    expect(await getImport(service, { importId })).toMatchObject({ state: "cancelled" });
    expect(await db.prisma.person.count()).toBe(0);
    const kept = await db.prisma.auditEvent.findMany({ where: { subjectId: importId }, orderBy: { id: "asc" } });
    expect(kept.map(({ action }) => action)).toEqual([
      "people.startImport",
      "people.cancelImport",
      "people.cancelImport",
    ]);
  });

  test("is refused without the permission, beyond its bounds, and when nobody knows it", async () => {
    for (const role of rolesWithout("people.write")) {
      const other = testContext(db, { role });
      const input = { importId: service.requestId };
      for (const attempt of [
        startImport(other, {}),
        getImport(other, input),
        readImportErrors(other, input),
        cancelImport(other, input),
      ])
        await expect(attempt).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    await expect(getImport(service, { importId: service.requestId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(send("x".repeat(2_000_000))).rejects.toMatchObject({ code: "VALIDATION" });
    for (let n = 0; n < 10; n += 1) await startImport(service, {});
    await expect(startImport(service, {})).rejects.toMatchObject({ code: "LIMIT" });
  });
});
