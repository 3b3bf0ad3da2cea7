import { expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode } from "@/test/factories";
import { EFFECTIVE_REASON, EFFECTIVE_SINCE, EFFECTIVE_STATE, PRESENCE_JOIN, STATE_DETAIL } from "./effective-state";
import { personState } from "./person-state";
import { RANK, versionOf, type Rank } from "./version";

const { db } = await testDatabase();
const minutesAgo = (minutes: number): Date => new Date(Math.floor(Date.now() - minutes * 60_000));

async function session(given: { nodeId: number; rank?: Rank; cleanSession?: boolean; personId?: string }) {
  const client = await makeClient(db, given);
  const at = minutesAgo(10);
  await db.prisma.presence.create({
    data: {
      clientKey: client.clientKey,
      ver: versionOf(at.getTime() * 1_000, given.rank ?? RANK.open),
      nodeId: given.nodeId,
      changedAt: at,
      proofKind: "hook",
      proofAt: at,
    },
  });
  return client;
}

async function shown(clientId: string) {
  const { rows } = await db.pool.query<{ state: string; since: Date; detail: string | null; reason: string | null }>(
    `select ${EFFECTIVE_STATE} as state, ${EFFECTIVE_SINCE} as since, ${STATE_DETAIL} as detail, ${EFFECTIVE_REASON} as reason
     from ${PRESENCE_JOIN} where c.client_id = $1`,
    [clientId],
  );
  return rows[0];
}

it("vouches for nothing of a node nobody has looked at for 15 s, and says so; queues and ended sessions stand", async () => {
  const node = await makeNode(db);
  const [open, queued] = [await session(node), await session({ ...node, rank: RANK.queued })];
  const askedAt = (seconds: number) =>
    db.pool.query("update broker_nodes set last_asked_at = now() - make_interval(secs => $2) where node_id = $1", [
      node.nodeId,
      seconds,
    ]);
  await askedAt(10);
  expect(await shown(open.clientId)).toMatchObject({ state: "online", detail: null });
  await askedAt(20);
  const unwatched = await shown(open.clientId);
  expect(unwatched).toMatchObject({ state: "unknown", detail: "watch_stopped" });
  expect(Date.now() - (unwatched?.since.getTime() ?? 0)).toBeGreaterThan(19_000);
  expect(await shown(queued.clientId)).toMatchObject({ state: "offline_queued", detail: null });
});

it("says of a silent node's sessions unknown and why, and of a lost one's that they ended with it, and since when", async () => {
  const node = await makeNode(db, { state: "silent" });
  const [kept, clean] = [await session(node), await session({ ...node, cleanSession: true })];
  expect(await shown(kept.clientId)).toMatchObject({ state: "unknown", detail: "node_silent", reason: null });
  const lostAt = minutesAgo(5);
  await db.prisma.brokerNode.update({ where: { nodeId: node.nodeId }, data: { lostAt, state: "down" } });
  expect(await shown(kept.clientId)).toEqual({
    state: "offline_queued",
    detail: "queue_unreachable",
    reason: "node_lost",
    since: lostAt,
  });
  expect(await shown(clean.clientId)).toMatchObject({ state: "offline_gone", detail: null, reason: "node_lost" });
  const again = { state: "up", bootedAt: minutesAgo(1) };
  await db.prisma.brokerNode.update({ where: { nodeId: node.nodeId }, data: again });
  expect(await shown(kept.clientId)).toMatchObject({ state: "offline_queued", detail: null, since: lostAt });
  // The same life of the node answers again: its sessions were there all the time.
  await db.prisma.brokerNode.update({
    where: { nodeId: node.nodeId },
    data: { lostAt: null, bootedAt: minutesAgo(60) },
  });
  expect(await shown(kept.clientId)).toMatchObject({ state: "online", reason: null });
});

it("a person's state is the best of their clients'", async () => {
  const node = await makeNode(db);
  const { personId } = await session({ ...node, rank: RANK.gone });
  if (!personId) throw new Error("The client has a person");
  await session({ ...node, rank: RANK.queued, personId });
  const { rows } = await db.pool.query<{ best: string }>(
    `select ${personState(EFFECTIVE_STATE)} as best from ${PRESENCE_JOIN} where c.person_id = $1`,
    [personId],
  );
  expect(rows[0]?.best).toBe("offline_queued");
});
