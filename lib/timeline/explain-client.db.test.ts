import { expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, rolesWithout, testContext } from "@/test/factories";
import { RANK, versionOf, type Rank } from "@/lib/presence/version";
import { addNote } from "./add-note";
import { explainClient } from "./explain-client";
import { listTimeline } from "./list-timeline";

const { db } = await testDatabase();
const NOON = Date.UTC(2026, 10, 20, 12);
const at = (minute: number) => new Date(NOON + minute * 60_000);
const support = testContext(db, { role: "support" }, { now: at(0) });

async function session(
  clientKey: string,
  nodeId: number,
  { from, to, ending = "queued", peer = "203.0.113.7" }: { from: number; to: number; ending?: string; peer?: string },
) {
  await db.pool.query(
    "insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address) values ($1, $2, $3, $4, $5, $6)",
    [clientKey, nodeId, at(from), at(to), ending, peer],
  );
}
const present = (clientKey: string, nodeId: number, minute: number, rank: Rank) =>
  db.prisma.presence.create({
    data: {
      clientKey,
      nodeId,
      ver: versionOf(at(minute).getTime() * 1_000, rank),
      changedAt: at(minute),
      proofKind: "hook",
      proofAt: at(minute),
    },
  });
const change = (nodeId: number, minute: number, from: string, to: string) =>
  db.pool.query(
    `insert into node_changes (node_id, at, from_state, to_state, evidence, last_answer_at)
     values ($1, $2, $3, $4, 'no_answer', $2::timestamptz - interval '4 seconds')`,
    [nodeId, at(minute), from, to],
  );

it("an ending inside an incident of its node is ours, in the timeline too; on another node it is not", async () => {
  const [lost, well] = [await makeNode(db, { bootedAt: at(-900) }), await makeNode(db, { bootedAt: at(-900) })];
  const [felt, spared] = [await makeClient(db), await makeClient(db)];
  await change(lost.nodeId, -10, "up", "silent");
  await change(lost.nodeId, -5, "silent", "up");
  await session(felt.clientKey, lost.nodeId, { from: -60, to: -9, ending: "taken_over" });
  await present(felt.clientKey, well.nodeId, -9, RANK.open);
  await session(spared.clientKey, well.nodeId, { from: -60, to: -9 });
  const fault = { kind: "node_lost", node: lost.name, at: at(-10).toISOString(), until: at(-5).toISOString() };
  expect(await explainClient(support, { clientId: felt.clientId })).toEqual({
    flapping: null,
    ours: { ...fault, clients: null, isBack: true },
  });
  expect((await explainClient(support, { clientId: spared.clientId })).ours).toBeNull();
  const story = await listTimeline(support, { clientId: felt.clientId });
  expect(story.entries.map((entry) => entry.what)).toEqual(["ended", "connected", "incident", "connected"]);
  expect(story.entries[0]).toMatchObject({ ours: fault });
  expect(story.entries[2]).toMatchObject({ fault });
  const other = await listTimeline(support, { clientId: spared.clientId });
  expect(other.entries.map((entry) => entry.what)).toEqual(["ended", "connected"]);
});

it("each page has the incidents of its own time, once", async () => {
  const node = await makeNode(db);
  const { clientId, clientKey } = await makeClient(db);
  for (const hour of [-6, -5, -4, -3]) {
    await session(clientKey, node.nodeId, { from: hour * 60, to: hour * 60 + 50 });
    await change(node.nodeId, hour * 60 + 20, "up", "silent");
    await change(node.nodeId, hour * 60 + 21, "silent", "up");
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listTimeline(support, { clientId, limit: 3, ...(cursor ? { cursor } : {}) });
    seen.push(...page.entries.map((entry) => entry.key));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.filter((key) => key.startsWith("i"))).toHaveLength(4);
  expect(seen).toHaveLength(12);
});

it("unknown because its node is silent is ours, and it is not back", async () => {
  const node = await makeNode(db, { state: "silent", bootedAt: at(-900) });
  const { clientId, clientKey } = await makeClient(db);
  await present(clientKey, node.nodeId, -60, RANK.open);
  await change(node.nodeId, -3, "up", "silent");
  expect((await explainClient(support, { clientId })).ours).toMatchObject({
    kind: "node_lost",
    until: null,
    isBack: false,
  });
});

it("one ending of a wave is ours, with how many there were", async () => {
  const node = await makeNode(db);
  const { clientId, clientKey } = await makeClient(db);
  await session(clientKey, node.nodeId, { from: -60, to: -4.5 });
  await db.pool.query("insert into ending_waves (minute, node_id, endings, usual) values ($1, $2, 812, 3)", [
    at(-5),
    node.nodeId,
  ]);
  expect((await explainClient(support, { clientId })).ours).toMatchObject({ kind: "wave", endings: 812, clients: 812 });
});

it("two phones of one identifier are named with both addresses and both models", async () => {
  const node = await makeNode(db);
  const { clientId, clientKey } = await makeClient(db);
  for (let n = 0; n < 20; n += 1)
    await session(clientKey, node.nodeId, {
      from: -10 + n * 0.4,
      to: -9.6 + n * 0.4,
      ending: "taken_over",
      peer: n % 2 ? "203.0.113.7" : "198.51.100.4",
    });
  await db.pool.query(
    "insert into client_device_changes (client_key, at, device_model, old_device_model) values ($1, $2, 'Contoh A54', 'Redmi Note 13')",
    [clientKey, at(-5)],
  );
  const { flapping } = await explainClient(support, { clientId });
  expect(flapping).toMatchObject({ connects: 20, sharedId: true });
  expect(flapping?.addresses.map(({ address }) => address).toSorted()).toEqual(["198.51.100.4", "203.0.113.7"]);
  expect(flapping?.devices.toSorted()).toEqual(["Contoh A54", "Redmi Note 13"]);
});

it("a note stands in the timeline with who wrote it, and its words are not in the audit", async () => {
  const { clientId } = await makeClient(db);
  const { noteId } = await addNote(support, { clientId, text: "App freezes on the lift." });
  const story = await listTimeline(support, { clientId, kind: "notes" });
  expect(story.entries).toMatchObject([{ what: "note", text: "App freezes on the lift.", by: support.actor.name }]);
  const audit = await db.prisma.auditEvent.findMany({ where: { subjectId: clientId, action: "timeline.addNote" } });
  expect(audit).toMatchObject([{ details: { noteId } }]);
  expect(
    JSON.stringify(audit, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
  ).not.toContain("freezes");
  for (const role of rolesWithout("timeline.note"))
    await expect(addNote(testContext(db, { role }), { clientId, text: "x" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
});

it("a span shows only what was in it", async () => {
  const node = await makeNode(db);
  const { clientId, clientKey } = await makeClient(db);
  await session(clientKey, node.nodeId, { from: -300, to: -200 });
  await session(clientKey, node.nodeId, { from: -100, to: -50 });
  const story = await listTimeline(support, {
    clientId,
    from: at(-210).toISOString(),
    to: at(-60).toISOString(),
  });
  expect(story.entries.map(({ what, at: when }) => [what, when])).toEqual([
    ["connected", at(-100).toISOString()],
    ["ended", at(-200).toISOString()],
  ]);
});
