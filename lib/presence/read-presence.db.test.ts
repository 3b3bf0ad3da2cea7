import { beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, makePerson, rolesWithout, testContext } from "@/test/factories";
import { getPersonPresence, getPresence, queryPresence } from "./read-presence";
import { presenceReportSchema } from "./schemas";

const { db } = await testDatabase();
const NOW = new Date("2026-11-22T12:00:00Z");
const service = testContext(db, { permissions: ["presence.read"] }, { now: NOW });
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const bootedAt = minutesAgo(600);

beforeEach(() =>
  db.pool.query("truncate presence, clients, people, broker_nodes, presence_doubts, presence_corrections cascade"),
);

async function makePresence(of: { personId?: string; nodeId: number; rank: 0 | 1 | 2; minutes: number }) {
  const client = await makeClient(db, of.personId === undefined ? {} : { personId: of.personId });
  const at = minutesAgo(of.minutes);
  await db.pool.query(
    `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at) values ($1, $2, $3, $4, 'hook', $4)`,
    [client.clientKey, at.getTime() * 1_000 * 4 + of.rank, of.nodeId, at],
  );
  return client;
}

describe("presence for services", () => {
  test("has the shape that webhooks and the staff API have too, with the proof and its age", async () => {
    const node = await makeNode(db, { bootedAt });
    const { clientId } = await makePresence({ nodeId: node.nodeId, rank: 0, minutes: 5 });
    const report = await getPresence(service, { clientId });
    expect(presenceReportSchema.parse(report)).toEqual({
      clientId,
      state: "online",
      since: minutesAgo(5).toISOString(),
      node: node.name,
      proof: { kind: "hook", at: minutesAgo(5).toISOString(), ageSeconds: 300 },
      detail: null,
      endReason: null,
      doubtedSince: null,
      correctedAt: null,
    });
  });

  test("says why a state is unknown, what is in doubt, and what was a correction", async () => {
    const [silent, up] = [await makeNode(db, { state: "silent", bootedAt }), await makeNode(db, { bootedAt })];
    const unknown = await makePresence({ nodeId: silent.nodeId, rank: 0, minutes: 5 });
    expect(await getPresence(service, unknown)).toMatchObject({ state: "unknown", detail: "node_silent" });
    const doubted = await makePresence({ nodeId: up.nodeId, rank: 0, minutes: 5 });
    await db.pool.query("insert into presence_doubts (client_key, kind, since, ask_at) values ($1, 'sweep', $2, $2)", [
      doubted.clientKey,
      minutesAgo(1),
    ]);
    expect(await getPresence(service, doubted)).toMatchObject({
      state: "online",
      doubtedSince: minutesAgo(1).toISOString(),
    });
    const corrected = await makePresence({ nodeId: up.nodeId, rank: 1, minutes: 5 });
    for (const minutes of [4, 60])
      await db.pool.query("insert into presence_corrections (client_key, at, kind) values ($1, $2, 'sweep')", [
        corrected.clientKey,
        minutesAgo(minutes),
      ]);
    expect(await getPresence(service, corrected)).toMatchObject({ correctedAt: minutesAgo(4).toISOString() });
  });

  test("is asked for many clients at once, in their order, naming those never seen", async () => {
    const node = await makeNode(db, { bootedAt });
    const [first, second] = [
      await makePresence({ nodeId: node.nodeId, rank: 2, minutes: 1 }),
      await makePresence({ nodeId: node.nodeId, rank: 0, minutes: 1 }),
    ];
    const asked = [second.clientId, "nobody", first.clientId, second.clientId];
    const { presences, neverSeen } = await queryPresence(service, { clientIds: asked });
    expect(presences.map(({ clientId, state }) => [clientId, state])).toEqual([
      [second.clientId, "online"],
      [first.clientId, "offline_gone"],
    ]);
    expect(neverSeen).toEqual(["nobody"]);
    const tooMany = Array.from({ length: 1_001 }, (_, n) => `c-${n}`);
    await expect(queryPresence(service, { clientIds: tooMany })).rejects.toMatchObject({ code: "VALIDATION" });
  });

  test("of a person is the best of their clients': online, then unknown, then queued, then gone", async () => {
    const [up, down] = [await makeNode(db, { bootedAt }), await makeNode(db, { state: "down", bootedAt })];
    const { personId } = await makePerson(db);
    const of = async () => {
      const { state, since } = await getPersonPresence(service, { personId });
      return [state, since];
    };
    expect(await of()).toEqual([null, null]);
    await makePresence({ personId, nodeId: up.nodeId, rank: 2, minutes: 3 });
    expect(await of()).toEqual(["offline_gone", minutesAgo(3).toISOString()]);
    await makePresence({ personId, nodeId: up.nodeId, rank: 1, minutes: 9 });
    // reachable only by its queue since the last client went
    expect(await of()).toEqual(["offline_queued", minutesAgo(3).toISOString()]);
    await makePresence({ personId, nodeId: down.nodeId, rank: 0, minutes: 1 });
    expect((await of())[0]).toBe("unknown");
    await makePresence({ personId, nodeId: up.nodeId, rank: 0, minutes: 7 });
    await makePresence({ personId, nodeId: up.nodeId, rank: 0, minutes: 2 });
    expect(await of()).toEqual(["online", minutesAgo(7).toISOString()]);
    expect((await getPersonPresence(service, { personId })).clients).toHaveLength(5);
    await expect(getPersonPresence(service, { personId: "nobody" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("is refused without the permission, and each look is recorded", async () => {
    for (const role of rolesWithout("presence.read")) {
      const other = testContext(db, { role });
      await expect(getPresence(other, { clientId: "a" })).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(queryPresence(other, { clientIds: ["a"] })).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(getPersonPresence(other, { personId: "a" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    const { personId } = await makePerson(db);
    await getPersonPresence(service, { personId });
    await queryPresence(service, { clientIds: ["a", "b"] });
    const kept = await db.prisma.auditEvent.findMany({
      where: { requestId: service.requestId },
      orderBy: { id: "desc" },
      take: 2,
    });
    expect(kept.map((row) => [row.action, row.subjectId, row.details])).toEqual([
      ["presence.queryPresence", null, { clients: 2 }],
      ["presence.getPersonPresence", personId, {}],
    ]);
  });
});
