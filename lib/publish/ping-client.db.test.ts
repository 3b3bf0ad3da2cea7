import { expect, it } from "vitest";
import { RANK, versionOf, type Rank } from "@/lib/presence/version";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, rolesWithout, testContext } from "@/test/factories";
import { openPayload } from "./kept-payload";
import { pingClient } from "./ping-client";
import { recordDeviceEvent } from "./record-device-event";

const { db } = await testDatabase();
const support = testContext(db, { role: "support" });
const node = await makeNode(db);

async function phone(rank: Rank) {
  const client = await makeClient(db);
  const startMs = Date.now() - 600_000;
  await db.prisma.presence.create({
    data: {
      clientKey: client.clientKey,
      ver: versionOf(startMs * 1_000, rank),
      nodeId: node.nodeId,
      changedAt: new Date(startMs),
      proofKind: "hook",
      proofAt: new Date(startMs),
    },
  });
  return client;
}

/** What the publisher takes in when the app answers the command it finds in the outbox; its clock is a minute ahead. */
async function answerPing(clientId: string) {
  await expect.poll(() => db.prisma.message.count({ where: { clientId } })).toBe(1);
  const sent = await db.prisma.message.findFirstOrThrow({ where: { clientId } });
  const command = JSON.parse(openPayload(sent).toString("utf8")) as { id: string; type: string };
  expect(command.type).toBe("ping");
  const pong = { type: "pong", commandId: command.id, at: new Date(Date.now() + 60_000).toISOString() };
  await recordDeviceEvent(db.pool, {
    topicName: `lc/v1/clients/${clientId}/events`,
    payload: Buffer.from(JSON.stringify(pong)),
    root: "lc/v1",
  });
}
const proofOf = (clientKey: string) => db.prisma.presence.findUniqueOrThrow({ where: { clientKey } });

it("a pong is proof of the open session, with round trip and the phone's clock", async () => {
  const { clientId, clientKey } = await phone(RANK.open);
  const [result] = await Promise.all([pingClient(support, { clientId }), answerPing(clientId)]);
  expect(result).toMatchObject({ outcome: "answered", isProof: true });
  expect(result.roundTripMs).toBeGreaterThanOrEqual(0);
  expect(Math.abs((result.clockAheadMs ?? 0) - 60_000)).toBeLessThan(5_000);
  expect((await proofOf(clientKey)).proofKind).toBe("ping");
  const audit = await db.prisma.auditEvent.findMany({ where: { subjectId: clientId }, orderBy: { id: "asc" } });
  expect(audit.map(({ action }) => action)).toEqual(["publish.sendPing", "publish.pingClient"]);
});

it("a pong of a phone that is shown offline proves nothing by itself", async () => {
  const { clientId, clientKey } = await phone(RANK.queued);
  const [result] = await Promise.all([pingClient(support, { clientId }), answerPing(clientId)]);
  expect(result).toMatchObject({ outcome: "answered", isProof: false });
  expect((await proofOf(clientKey)).proofKind).toBe("hook");
});

it("is refused to roles that may not verify", async () => {
  const { clientId } = await phone(RANK.open);
  for (const role of rolesWithout("presence.verify"))
    await expect(pingClient(testContext(db, { role }), { clientId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await db.prisma.message.count({ where: { clientId } })).toBe(0);
});
