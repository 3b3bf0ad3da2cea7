import { expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, rolesWithout, testContext } from "@/test/factories";
import { estimateNextOnline } from "./estimate-next-online";
import { RANK, versionOf, type Rank } from "./version";

const { db } = await testDatabase();
const HOUR = 3_600_000;
// 17:30 in Jakarta, of a Friday.
const NOW = Date.UTC(2026, 10, 20, 10, 30);
const support = testContext(db, { role: "support" }, { now: new Date(NOW) });
const node = await makeNode(db, { bootedAt: new Date(NOW - 1_000 * HOUR) });
const timeZone = "Asia/Jakarta";

/** A client known for 20 days that was online every day from about 19:40 to 22:00, and is now as its rank says. */
async function habitual(rank: Rank, days = 20) {
  const client = await makeClient(db);
  const { clientKey, clientId } = client;
  await db.prisma.client.update({ where: { clientKey }, data: { firstSeenAt: new Date(NOW - days * 24 * HOUR) } });
  for (let day = 1; day < days; day += 1) {
    const start = NOW - day * 24 * HOUR + 2 * HOUR + (10 + (day % 3) * 5) * 60_000;
    await db.pool.query(
      "insert into sessions (client_key, node_id, started_at, ended_at, ending) values ($1, $2, $3, $4, 'queued')",
      [clientKey, node.nodeId, new Date(start), new Date(start + 2 * HOUR)],
    );
  }
  await db.prisma.presence.create({
    data: {
      clientKey,
      nodeId: node.nodeId,
      ver: versionOf((NOW - HOUR) * 1_000, rank),
      changedAt: new Date(NOW - HOUR),
      proofKind: "hook",
      proofAt: new Date(NOW - HOUR),
    },
  });
  return clientId;
}

it("tells of each client its own state and habit, by the clock of the zone", async () => {
  const [away, here] = [await habitual(RANK.queued), await habitual(RANK.open)];
  const { next, usual } = await estimateNextOnline(support, { clientId: away, timeZone });
  expect(next).toMatchObject({ status: "estimated" });
  if (next.status === "estimated") {
    expect(Date.parse(next.from)).toBeGreaterThanOrEqual(NOW + 2 * HOUR);
    expect(Date.parse(next.to)).toBeLessThanOrEqual(NOW + 2.5 * HOUR);
    expect(next.within).toBeLessThanOrEqual(next.days);
  }
  expect(usual.hours[20]).toBe(1);
  expect(usual.hours[9]).toBe(0);
  expect((await estimateNextOnline(support, { clientId: here, timeZone })).next).toEqual({ status: "online" });
});

it("says when there is too little history, also of a client never heard of", async () => {
  const days = { status: "too_little" };
  expect((await estimateNextOnline(support, { clientId: await habitual(RANK.gone, 3), timeZone })).next).toMatchObject(
    days,
  );
  expect((await estimateNextOnline(support, { clientId: "nobody-1" })).next).toEqual({ ...days, days: 0 });
});

it("wants a zone there is, and the permission", async () => {
  const clientId = "nobody-1";
  await expect(estimateNextOnline(support, { clientId, timeZone: "Mars/Olympus" })).rejects.toMatchObject({
    code: "VALIDATION",
  });
  for (const role of rolesWithout("presence.read"))
    await expect(estimateNextOnline(testContext(db, { role }), { clientId })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
});
