import { describe, expect, it } from "vitest";
import { makeClient, makeNode, makePerson, testContext } from "@/test/factories";
import { testDatabase } from "@/test/database";
import { countFound } from "./count-found";
import { getClient } from "./get-client";
import { listSessions } from "./list-sessions";
import { searchClients } from "./search-clients";
import type { SearchClientsInput } from "./search-schemas";
import { RANK, versionOf, type Rank } from "./version";

const { db } = await testDatabase();
const support = testContext(db, { role: "support" });
const MINUTE = 60_000;

let people = 0;
/** A person with one client, in a state on a node. */
async function makePhone(given: {
  name: string;
  phoneNumber: string;
  clientId: string;
  rank?: Rank;
  minutesAgo?: number;
  node?: { nodeId: number };
}) {
  people += 1;
  const person = await makePerson(db, { personId: `p-${people}`, name: given.name, phoneNumber: given.phoneNumber });
  const client = await makeClient(db, { clientId: given.clientId, personId: person.personId });
  const node = given.node ?? (await makeNode(db));
  const at = new Date(Date.now() - (given.minutesAgo ?? 5) * MINUTE);
  await db.prisma.presence.create({
    data: {
      clientKey: client.clientKey,
      ver: versionOf(at.getTime() * 1_000, given.rank ?? RANK.open),
      nodeId: node.nodeId,
      changedAt: at,
      proofKind: "hook",
      proofAt: at,
    },
  });
  return { person, client, node, at };
}

const node = await makeNode(db, { name: "sub-1" });
const silent = await makeNode(db, { name: "sub-2", state: "silent" });
await makePhone({ name: "Siti Nur Rahma", phoneNumber: "+6281234560017", clientId: "and-siti-1", node });
await makePhone({
  name: "Bayu Saputra",
  phoneNumber: "+6281234990042",
  clientId: "ios-bayu-1",
  node,
  rank: RANK.queued,
});
await makePhone({ name: "Rahmat Hidayat", phoneNumber: "+6285700000017", clientId: "and-rahmat-1", node: silent });
await makePhone({ name: "Lestari", phoneNumber: "+6281999999999", clientId: "and-lestari-1", node, rank: RANK.gone });

const search = async (input: SearchClientsInput) => searchClients(support, input);
const found = async (text: string) => {
  const result = await search({ text });
  return { by: result.stage, ids: result.clients.map((client) => client.clientId) };
};

describe("searching clients", () => {
  it.each([
    ["and-siti-1", "clientId", ["and-siti-1"]],
    ["p-2", "personId", ["ios-bayu-1"]],
    ["0812 34", "phone", ["and-siti-1", "ios-bayu-1"]],
    ["+62 812-3456", "phone", ["and-siti-1"]],
    ["017", "phoneEnd", ["and-siti-1", "and-rahmat-1"]],
    ["and-", "clientIdPrefix", ["and-siti-1", "and-rahmat-1", "and-lestari-1"]],
    ["rahma", "name", ["and-siti-1", "and-rahmat-1"]],
    ["RAHMA siti", "name", ["and-siti-1"]],
    ["AND-SITI-1", "clientId", ["and-siti-1"]],
    ["0812 3456 0017", "phone", ["and-siti-1"]],
    ["ahma", "namePart", ["and-siti-1", "and-rahmat-1"]],
    ["rahmt", "nameSlip", ["and-siti-1", "and-rahmat-1"]],
    ["siti bayu", "clientId", []],
  ])("%s finds by %s", async (text, by, ids) => {
    const result = await found(text);
    expect(result.ids).toEqual(ids);
    if (ids.length > 0) expect(result.by).toBe(by);
  });

  it("an empty text lists the newest clients first, whatever their state, counted by it", async () => {
    const result = await search({});
    expect(result.stage).toBe("newest");
    expect(result.clients.map((client) => client.clientId)).toEqual([
      "and-lestari-1",
      "and-rahmat-1",
      "ios-bayu-1",
      "and-siti-1",
    ]);
    expect(result.total).toEqual({ count: 4, about: false });
    expect(result.facets).toMatchObject({
      states: { online: 1, unknown: 1, offline_queued: 1, offline_gone: 1 },
      nodes: [
        { value: "sub-1", count: 3 },
        { value: "sub-2", count: 1 },
      ],
      about: false,
    });
  });

  it("what was searched for stands by state", async () => {
    const result = await search({ text: "and-" });
    expect(result.clients.map((client) => client.state)).toEqual(["online", "unknown", "offline_gone"]);
  });

  it.each([
    [{ states: ["offline_queued" as const] }, ["ios-bayu-1"]],
    [{ nodes: ["sub-2"] }, ["and-rahmat-1"]],
    [{ platforms: ["android"], states: ["online" as const] }, ["and-siti-1"]],
    [{ appVersions: ["1.0"] }, []],
    [{ session: "clean" as const }, []],
    [{ seen: "hour" as const }, ["and-lestari-1", "and-rahmat-1", "ios-bayu-1", "and-siti-1"]],
    [{ flapping: true }, []],
  ])("filters %j narrow what is shown, not what is counted", async (filters, ids) => {
    const result = await search({ filters });
    expect(result.clients.map((client) => client.clientId)).toEqual(ids);
    expect(result.total).toBe(null);
    expect((await countFound(support, { stage: result.stage })).total).toEqual({ count: 4, about: false });
  });

  it("marks and filters clients that come and go", async () => {
    await db.pool.query(
      "insert into flapping_clients select client_key, now(), now(), 12 from clients where client_id = 'ios-bayu-1'",
    );
    const { clients } = await search({ filters: { flapping: true } });
    expect(clients).toMatchObject([{ clientId: "ios-bayu-1", flapping: true }]);
    await db.pool.query("delete from flapping_clients");
  });

  it("refuses a cursor that is not its own", async () => {
    await expect(search({ cursor: "nonsense" })).rejects.toMatchObject({ code: "VALIDATION" });
  });

  it("shows people masked, with what was searched for marked", async () => {
    const [siti] = (await search({ text: "0812 3456" })).clients;
    expect(siti?.phoneNumber).toEqual([
      { text: "0812 3456", as: "mark" },
      { text: " ", as: "plain" },
      { text: "••", as: "mask" },
      { text: "17", as: "plain" },
    ]);
    expect(JSON.stringify(siti)).not.toContain("Rahma");
  });

  it("records that someone searched, never what for; finding nobody leaves no row", async () => {
    const ctx = testContext(db, { role: "support" });
    await searchClients(ctx, { text: "0812 34" });
    await searchClients(ctx, { text: "nobody of this name" });
    await searchClients(ctx, {});
    const rows = await db.prisma.auditEvent.findMany({ where: { actorId: ctx.actor.id, requestId: ctx.requestId } });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ action: "presence.searchClients", details: { by: "phone", shown: 2 } });
    expect(JSON.stringify(rows[0]?.details)).not.toContain("0812");
  });

  it("is refused to a role without the permission", async () => {
    await expect(searchClients(testContext(db, { role: "auditor" }), {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("survives what has a meaning to LIKE and to regular expressions", async () => {
    for (const text of ["%", "_", "a%", "'; drop table clients; --", "\\", "𝒳", "~.*", "+", "((((("]) {
      expect((await search({ text })).clients).toEqual([]);
    }
  });
});

describe("one client", () => {
  it("comes with its evidence, its person masked, and the look is recorded", async () => {
    const ctx = testContext(db, { role: "support" });
    const result = await getClient(ctx, { clientId: "and-rahmat-1" });
    expect(result).toMatchObject({
      status: "known",
      client: {
        clientId: "and-rahmat-1",
        presence: { state: "unknown", node: "sub-2", nodeState: "silent", proofKind: "hook" },
        person: { firstName: "Rahmat", name: "Rahmat H••••", phoneNumber: "0857 00•• ••17", personId: "p-••••••" },
        lastRefusal: null,
      },
    });
    const looks = await db.prisma.auditEvent.findMany({ where: { requestId: ctx.requestId } });
    expect(looks).toMatchObject([{ action: "presence.getClient", subjectId: "and-rahmat-1" }]);
  });

  it("that signed in without a session has no state yet", async () => {
    const client = await makeClient(db, { clientId: "and-new-1" });
    const result = await getClient(support, { clientId: client.clientId });
    expect(result).toMatchObject({ status: "known", client: { presence: null } });
  });

  it("that was only ever refused says so; one never heard of is NOT_FOUND", async () => {
    await db.pool.query(
      "insert into connect_refusals (client_id, node_id, at, reason) values ('and-refused', $1, now(), 'token_expired')",
      [node.nodeId],
    );
    expect(await getClient(support, { clientId: "and-refused" })).toMatchObject({
      status: "refused",
      lastRefusal: { reason: "token_expired", node: "sub-1" },
    });
    await expect(getClient(support, { clientId: "and-nobody" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("sessions of a client", () => {
  it("are those that ended since an instant, and the one before them, oldest first", async () => {
    const { client } = await makePhone({ name: "Wulan", phoneNumber: "+62899", clientId: "and-wulan-1", node });
    const hour = (n: number) => new Date(Date.UTC(2026, 10, 20, n)).toISOString();
    for (const [from, to] of [
      [1, 2],
      [3, 4],
      [5, 6],
    ] as const)
      await db.pool.query(
        "insert into sessions (client_key, node_id, started_at, ended_at, ending) values ($1, $2, $3, $4, 'queued')",
        [client.clientKey, node.nodeId, hour(from), hour(to)],
      );
    const history = await listSessions(support, { clientId: "and-wulan-1", from: hour(5) });
    expect(history.detail === "sessions" && history.sessions.map((session) => session.endedAt)).toEqual([
      hour(4),
      hour(6),
    ]);
  });
});
