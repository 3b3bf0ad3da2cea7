import { createHash, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { makeClient, makeNode, makePerson, testContext } from "@/test/factories";
import { testDatabase } from "@/test/database";
import { countFound } from "./count-found";
import { exportClients } from "./export-clients";
import { searchClients } from "./search-clients";
import type { SearchClientsInput } from "./search-schemas";
import { RANK, versionOf } from "./version";

const { db } = await testDatabase();
const support = testContext(db, { role: "support" });
const COUNT = 130;

/** People of one family name, each with a client; a third of the clients online. */
beforeAll(async () => {
  const node = await makeNode(db, { name: "sub-1" });
  for (let n = 0; n < COUNT; n += 1) {
    const number = String(n).padStart(3, "0");
    const person = await makePerson(db, {
      personId: `p-${number}`,
      name: `Anak${number} Kusumawardhani`,
      phoneNumber: `+62812700${number}00`,
    });
    const client = await makeClient(db, { clientId: `and-${number}`, personId: person.personId });
    const at = new Date(Date.now() - n * 60_000);
    await db.prisma.presence.create({
      data: {
        clientKey: client.clientKey,
        ver: versionOf(at.getTime() * 1_000, n % 3 === 0 ? RANK.open : RANK.queued),
        nodeId: node.nodeId,
        changedAt: at,
        proofKind: "hook",
        proofAt: at,
      },
    });
  }
  await makePerson(db, { personId: "p-imported", name: "Wulandari Imported", phoneNumber: "+6281999" });
  await db.pool.query("analyze");
});

async function walk(input: SearchClientsInput, between?: (page: number) => Promise<void>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 50; page += 1) {
    const result = await searchClients(support, { ...input, cursor });
    ids.push(...result.clients.map((client) => client.clientId));
    cursor = result.nextCursor;
    if (cursor === null) break;
    await between?.(page);
  }
  return ids;
}

const ALL = Array.from({ length: COUNT }, (_, n) => `and-${String(n).padStart(3, "0")}`);

describe("a result of several pages", () => {
  it.each([
    ["of the newest", {}],
    ["of a word", { text: "kusumawardhani" }],
    ["of a part of a word", { text: "wardha" }],
    ["of a word with a slip", { text: "kusumawardani" }],
    ["of a phone number", { text: "0812700" }],
    ["of a client id", { text: "and-" }],
    ["of a person id", { text: "P-" }],
  ] satisfies [string, SearchClientsInput][])(
    "%s has everyone once, while states change between pages",
    async (_, input) => {
      const ids = await walk(input, async (page) => {
        await db.pool.query(
          "update presence set ver = ver # 1, changed_at = now() where client_key in (select client_key from presence order by random() limit $1)",
          [20 + page],
        );
      });
      expect(ids.toSorted()).toEqual(ALL);
    },
  );

  it("is counted apart from its pages, with how they are made up", async () => {
    const search = { text: "kusumawardhani" };
    const { stage, total, facets } = await searchClients(support, search);
    expect({ total, facets }).toEqual({ total: null, facets: null });
    const counts = await countFound(support, { ...search, stage });
    expect(counts.total).toEqual({ count: COUNT, about: false });
    expect(Object.values(counts.facets.states).reduce((a, b) => a + b, 0)).toBe(COUNT);
  });

  it("of more than are looked at for that is counted about, by the shares of those", async () => {
    await db.pool.query(
      `insert into people (person_id, name) select 'z-' || lpad(n::text, 4, '0'), 'Zubaidah' from generate_series(1, 700) n;
       insert into person_words (word, person_id) select 'zubaidah', person_id from people where person_id like 'z-%';
       insert into name_words values ('zubaidah', 'zubaidah');
       insert into clients (client_key, client_id, person_id) select md5(person_id)::uuid, person_id, person_id from people where person_id like 'z-%';
       insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at)
         select md5(person_id)::uuid, 4, 1, now(), 'hook', now() from people where person_id like 'z-%';
       analyze`,
    );
    const { total, facets } = await countFound(support, { text: "zubaidah", stage: "name" });
    expect(total).toEqual({ count: 700, about: true });
    expect(facets).toMatchObject({ nodes: [{ value: "sub-1", count: 700 }], about: true });
    await db.pool.query(
      `delete from presence where client_key in (select client_key from clients where client_id like 'z-%');
       delete from clients where client_id like 'z-%'; delete from people where person_id like 'z-%'`,
    );
  });

  it("with a filter gives all that pass it, and says how many were looked through", async () => {
    await db.pool.query(
      "update presence set ver = ver / 4 * 4 + case when client_key in (select client_key from clients where client_id like 'and-%7') then 2 else 1 end",
    );
    const result = await searchClients(support, { text: "kusumawardhani", filters: { states: ["offline_gone"] } });
    expect(result.clients.map((client) => client.clientId).toSorted()).toEqual(ALL.filter((id) => id.endsWith("7")));
    expect(result).toMatchObject({ examined: COUNT, stoppedEarly: false, nextCursor: null });
  });
});

describe("a person without a client", () => {
  it("is told of, not listed", async () => {
    const result = await searchClients(support, { text: "wulandari" });
    expect(result).toMatchObject({ stage: "name", clients: [], peopleWithoutClients: 1, total: { count: 0 } });
  });
});

describe("people without clients", () => {
  it("do not hide those with one who come after them", async () => {
    await db.pool.query(
      `insert into people (person_id, name) select 'q-' || lpad(n::text, 4, '0'), 'Zulaikha' from generate_series(1, 300) n;
       insert into person_words (word, person_id) select 'zulaikha', person_id from people where person_id like 'q-%';
       insert into name_words values ('zulaikha', 'zulaikha');
       update clients set person_id = 'q-0300' where client_id = 'and-129'`,
    );
    const result = await searchClients(support, { text: "zulaikha" });
    expect(result.clients).toMatchObject([{ clientId: "and-129" }]);
    const csv = await new Response(await exportClients(support, { text: "zulaikha" })).text();
    expect(csv).toContain("and-129");
    await db.pool.query("update clients set person_id = 'p-129' where client_id = 'and-129'");
  });
});

describe("a pasted token", () => {
  it("finds the client that signed in with it last, by its hash alone", async () => {
    const tokenHash = createHash("sha256").update("eyJ.a.b").digest("hex");
    await db.pool.query(
      "insert into client_tokens select client_key, decode($1, 'hex') from clients where client_id = 'and-042'",
      [tokenHash],
    );
    expect(await searchClients(support, { tokenHash })).toMatchObject({
      stage: "token",
      clients: [{ clientId: "and-042" }],
    });
    expect((await searchClients(support, { tokenHash: "0".repeat(64) })).clients).toEqual([]);
  });
});

describe("an export", () => {
  const textOf = async (stream: ReadableStream<Uint8Array>) => new Response(stream).text();

  it("has a row for each client, masked, and is recorded without what was searched for", async () => {
    const ctx = testContext(db, { role: "support" });
    const csv = await textOf(await exportClients(ctx, { text: "kusumawardhani" }));
    const lines = csv.trim().split("\n");
    expect(lines).toHaveLength(COUNT + 1);
    expect(csv).not.toContain("Kusumawardhani");
    expect(csv).not.toContain("p-042");
    const rows = await db.prisma.auditEvent.findMany({ where: { requestId: ctx.requestId } });
    expect(rows).toMatchObject([{ action: "presence.exportClients", reason: null }]);
    expect(JSON.stringify(rows.map((row) => row.details))).not.toContain("kusuma");
  });

  it("is whole for a session that is unmasked, and its record says under which unmasking", async () => {
    const unmasking = {
      id: randomUUID(),
      kind: "unmask" as const,
      ticket: "SUP-1",
      endsAt: new Date(Date.now() + 60_000),
    };
    const ctx = testContext(db, { operator: { id: randomUUID(), name: "Sari", role: "support" }, unmasking });
    const csv = await textOf(await exportClients(ctx, { text: "and-042" }));
    expect(csv).toContain("Anak042 Kusumawardhani");
    // A plus at the beginning would be a formula to a spreadsheet.
    expect(csv).toContain("'+6281270004200");
    const [row] = await db.prisma.auditEvent.findMany({ where: { requestId: ctx.requestId } });
    expect(row?.details).toMatchObject({ unmasked: unmasking.id });
    await expect(exportClients(testContext(db, { role: "auditor" }), {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("of the newest has everyone", async () => {
    const csv = await textOf(await exportClients(testContext(db, { role: "support" }), {}));
    expect(csv.trim().split("\n")).toHaveLength(COUNT + 1);
  });
});
