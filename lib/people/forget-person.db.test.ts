import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, makePerson, rolesWithout, testContext } from "@/test/factories";
import { exportPerson } from "./export-person";
import { FORGOTTEN, forgetPerson } from "./forget-person";
import { putPeople } from "./put-people";

const { db, url } = await testDatabase();
const service = testContext(db, { permissions: ["people.write"] });
beforeAll(() => migrateQueue({ url, log: createLog("test", "silent") }));

// Kept on purpose: what an import must not bring back is gone with the import, a revocation with the tokens it takes the trust from.
const KEPT = new Set(["people_import_forgotten", "token_revocations"]);

test("every table that holds something of a person or their clients is emptied of it", async () => {
  const { rows } = await db.pool.query<{ table_name: string; column_name: keyof typeof FORGOTTEN }>(
    `select c.table_name, c.column_name from information_schema.columns c
     join pg_class t on t.relname = c.table_name and t.relkind in ('r', 'p') and not t.relispartition
     where c.table_schema = 'public' and c.column_name in ('client_key', 'client_id', 'person_id')`,
  );
  const forgotten = Object.values(FORGOTTEN).flat() as string[];
  const missed = rows.filter(({ table_name }) => !forgotten.includes(table_name) && !KEPT.has(table_name));
  expect(missed, "Add these tables to FORGOTTEN of lib/people/forget-person.ts").toEqual([]);
  const told = readFileSync("docs/privacy.md", "utf8");
  const untold = rows.filter(({ table_name }) => !told.includes(`\`${table_name}\``));
  expect(untold, "Say in docs/privacy.md what of a person these tables keep, and for how long").toEqual([]);
});

describe("forgetting a person", () => {
  async function make() {
    const { personId } = await makePerson(db, { name: "Siti Rahma" });
    const client = await makeClient(db, { personId });
    const node = await makeNode(db);
    const { clientKey, clientId } = client;
    await db.pool.query(
      `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at, peer_address) values ($1, 4, $2, now(), 'hook', now(), '10.0.0.9')`,
      [clientKey, node.nodeId],
    );
    await db.pool.query(
      `insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address) values ($1, $2, now(), now(), 'gone', '10.0.0.9')`,
      [clientKey, node.nodeId],
    );
    await db.pool.query(
      `insert into messages (topic_name, qos, payload, client_id, source, actor_id, actor_name) values ('t', 0, 'secret', $1, 'api', 'a', 'a')`,
      [clientId],
    );
    await db.pool.query(
      `insert into log_requests (client_id, reason, max_bytes, requested_by, requested_by_name, expires_at, log_key, original_key)
       values ($1, 'freezes', 1, 'a', 'a', now(), $2, $3)`,
      [clientId, `logs/${clientId}`, `originals/${clientId}`],
    );
    await db.pool.query(
      `insert into blocks (kind, subject, reason, blocked_by, blocked_by_name) values ('person', $1, 'abuse by Siti', 'a', 'a')`,
      [personId],
    );
    return { personId, clientId, clientKey };
  }
  const remains = async ({ personId, clientId, clientKey }: Awaited<ReturnType<typeof make>>) => {
    const found: string[] = [];
    for (const [column, tables] of Object.entries(FORGOTTEN))
      for (const table of tables) {
        const value = column === "client_key" ? clientKey : column === "client_id" ? clientId : personId;
        const { rowCount } = await db.pool.query(`select 1 from ${table} where ${column}::text = $1`, [value]);
        if (rowCount) found.push(table);
      }
    return found;
  };

  test("leaves nothing of theirs and nothing of others touched; the audit keeps the fact; twice is harmless", async () => {
    const [one, other] = [await make(), await make()];
    await db.pool.query(
      `insert into log_request_bulks (total, rate_per_minute, reason, requested_by, requested_by_name, client_ids)
       values (2, 60, 'freezes', 'a', 'a', $1)`,
      [[one.clientId]],
    );
    expect((await remains(one)).length).toBeGreaterThan(5);
    const { clients, removed } = await forgetPerson(service, { personId: one.personId });
    expect({ clients, ...removed }).toMatchObject({
      clients: 1,
      people: 1,
      sessions: 1,
      messages: 1,
      log_requests: 1,
      blocks: 1,
    });
    expect(await remains(one)).toEqual([]);
    expect((await remains(other)).length).toBeGreaterThan(5);
    expect(await forgetPerson(service, { personId: one.personId })).toEqual({ clients: 0, removed: {} });
    // Nobody's place is kept: a list without a client would be one of everybody.
    expect(await db.prisma.logRequestBulk.findMany({ select: { clientIds: true } })).toEqual([{ clientIds: [""] }]);
    const kept = await db.prisma.auditEvent.findMany({
      where: { subjectId: one.personId, action: "people.forgetPerson" },
    });
    expect(kept).toHaveLength(2);
    expect(JSON.stringify(kept.map(({ details }) => details))).not.toContain("Siti");
    const { rows } = await db.pool.query<{ payload: { keys: string[] } }>(
      "select payload from graphile_worker._private_jobs",
    );
    expect(rows.map((row) => row.payload.keys)).toEqual([[`logs/${one.clientId}`, `originals/${one.clientId}`]]);
  });

  test("by one of their phones forgets the same person, with the reason; a phone nobody knows is told", async () => {
    const one = await make();
    const admin = testContext(db, { role: "admin" });
    await forgetPerson(admin, { clientId: one.clientId, reason: "asked us to" });
    expect(await remains(one)).toEqual([]);
    const kept = await db.prisma.auditEvent.findFirst({ where: { subjectId: one.personId } });
    expect(kept?.reason).toBe("asked us to");
    await expect(forgetPerson(admin, { clientId: one.clientId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(forgetPerson(admin, { personId: "p", clientId: "c" })).rejects.toMatchObject({ code: "VALIDATION" });
  });

  test("a copy holds what is kept of them and nothing of others, payloads as published, and leaves its reason", async () => {
    const [one, other] = [await make(), await make()];
    const admin = testContext(db, { role: "admin" });
    const { body } = await exportPerson(admin, { clientId: one.clientId, reason: "asked for a copy" });
    const text = await new Response(body).text();
    const kinds = text
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(new Set(kinds)).toEqual(
      new Set(["people", "clients", "messages", "log_requests", "presence", "sessions", "blocks"]),
    );
    expect(text).toContain("Siti Rahma");
    expect(text).toContain('"payload":"secret"');
    expect(text).toContain('"kind":"blocks","rowKind":"person"');
    expect(text).not.toContain(other.clientId);
    const kept = await db.prisma.auditEvent.findFirst({ where: { action: "people.exportPerson" } });
    expect(kept).toMatchObject({ subjectId: one.personId, reason: "asked for a copy" });
    for (const role of rolesWithout("people.write"))
      await expect(
        exportPerson(testContext(db, { role }), { personId: one.personId, reason: "curious" }),
      ).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("takes their clients out of the lists of sends, which stay lists", async () => {
    const one = await make();
    await db.pool.query(
      `insert into sends (id, state, source, actor_kind, actor_id, actor_name, request_id, digest, filters, client_ids, qos, payload,
         payload_bytes, fills, rate_per_second, expected, most)
       values (gen_random_uuid(), 'running', 'api', 'service', 'a', 'a', 'r', '', '{}', $1, 1, '', 0, false, 1, 1, 1)`,
      [[one.clientId]],
    );
    await forgetPerson(service, { personId: one.personId });
    expect((await db.prisma.send.findFirstOrThrow()).clientIds).toEqual([""]);
  });

  test("is refused without the permission", async () => {
    for (const role of rolesWithout("people.write"))
      await expect(forgetPerson(testContext(db, { role }), { personId: "p" })).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
  });
});

describe("putting people", () => {
  const words = async (personId: string) => {
    const { rows } = await db.pool.query<{ word: string }>(
      "select word from person_words where person_id = $1 order by 1",
      [personId],
    );
    return rows.map((row) => row.word);
  };

  test("keeps what was told, whole, with the number in E.164; the words follow the name", async () => {
    await putPeople(service, [{ personId: "p-1", name: " Rina Wati ", phoneNumber: "0812 3400 017" }]);
    expect(await db.prisma.person.findUnique({ where: { personId: "p-1" } })).toMatchObject({
      name: "Rina Wati",
      phoneNumber: "+628123400017",
    });
    expect(await words("p-1")).toEqual(["rina wati", "wati rina"]);
    await putPeople(service, [{ personId: "p-1", name: "Rina Kusuma" }]);
    expect(await db.prisma.person.findUnique({ where: { personId: "p-1" } })).toMatchObject({ phoneNumber: null });
    expect(await words("p-1")).toEqual(["kusuma rina", "rina kusuma"]);
  });

  test("takes many at once, the last word of each, and leaves one audit row that names them", async () => {
    const people = [
      { personId: "p-2", name: "Ani" },
      { personId: "p-3", name: null },
      { personId: "p-2", name: "Ani Budi" },
    ];
    for (let twice = 0; twice < 2; twice += 1) await putPeople(service, people);
    expect(await words("p-2")).toEqual(["ani budi", "budi ani"]);
    const kept = await db.prisma.auditEvent.findMany({
      where: { action: "people.putPeople" },
      orderBy: { id: "desc" },
      take: 2,
    });
    expect(kept.map((row) => row.details)).toEqual([
      { written: 0, personIds: ["p-2", "p-3"] },
      { written: 2, personIds: ["p-2", "p-3"] },
    ]);
  });

  test.each([
    [{ personId: "" }],
    [{ personId: "p", name: "x".repeat(201) }],
    [{ personId: "p", phoneNumber: "not a number" }],
    [{ personId: "p", name: "a\u0000b" }],
    [{ personId: "p", age: 3 } as never],
  ])("%j is refused", async (person) => {
    await expect(putPeople(service, [person])).rejects.toMatchObject({ code: "VALIDATION" });
  });

  test("is refused without the permission", async () => {
    for (const role of rolesWithout("people.write"))
      await expect(putPeople(testContext(db, { role }), [{ personId: "p" }])).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
  });
});
