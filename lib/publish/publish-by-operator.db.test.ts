import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { allowRoleTopic, denyRoleTopic, listRoleTopics } from "@/lib/access/role-topics";
import { readAudience } from "@/lib/access/read-audience";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, rolesWithout, testContext } from "@/test/factories";
import { publishByOperator } from "./publish-by-operator";
import { readPayload } from "./read-payload";
import { suggestTopics } from "./suggest-topics";

const { db } = await testDatabase();
const node = await makeNode(db, { name: "sub-1" });
const nobodyAnswers = { broker: { describeSession: async () => null }, nodes: [], nowMs: () => 0 };

/** `count` clients, each of a person who was granted the filter, online. */
async function grantTo(topicFilter: string, count: number): Promise<string[]> {
  const clientIds: string[] = [];
  for (let i = 0; i < count; i++) {
    const { clientId, clientKey, personId } = await makeClient(db);
    const beganMs = Date.now() - 60_000;
    await db.pool.query(
      `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at) values ($1, $2, $3, $4, 'hook', $4)`,
      [clientKey, beganMs * 4_000, node.nodeId, new Date(beganMs)],
    );
    await db.prisma.grant.create({
      data: { personId: personId ?? "", topicFilter, action: "subscribe", grantedBy: "test" },
    });
    clientIds.push(clientId);
  }
  return clientIds;
}

test("a retained message, or one to many, goes out only with the number of devices that was shown", async () => {
  const ctx = testContext(db);
  const name = randomUUID();
  await grantTo(`${name}/+`, 12);
  const message = { to: { topicName: `${name}/1` }, payload: "x" };
  const audience = await readAudience(nobodyAnswers)(ctx, { topicName: `${name}/1` });
  expect(audience).toMatchObject({ rule: "granted", may: 12, states: { online: 12 }, isComplete: true });
  await expect(publishByOperator(ctx, message)).rejects.toMatchObject({ code: "CONFLICT" });
  await publishByOperator(ctx, { ...message, confirmedDevices: 12 });
  const few = { to: { topicName: `${name}-few` }, payload: "x" };
  await publishByOperator(ctx, few);
  await expect(publishByOperator(ctx, { ...few, retain: true })).rejects.toMatchObject({ code: "CONFLICT" });
  await publishByOperator(ctx, { ...few, retain: true, confirmedDevices: 0 });
  // clearing what is retained takes something away from nobody
  await publishByOperator(ctx, { ...few, retain: true, payload: "" });
  expect(await db.prisma.message.count({ where: { topicName: few.to.topicName } })).toBe(3);
});

test("who would get it is counted by grants that hold, and by what each session is subscribed to", async () => {
  const ctx = testContext(db);
  const name = randomUUID();
  const [online, away] = await grantTo(`${name}/#`, 2);
  const ended = await makeClient(db);
  await db.prisma.grant.create({
    data: {
      personId: ended.personId ?? "",
      topicFilter: `${name}/#`,
      action: "subscribe",
      expiresAt: new Date(Date.now() - 1_000),
      grantedBy: "test",
    },
  });
  const facts = (clientId: string) => ({
    brokerNodeName: "n",
    isOnline: clientId === online,
    cleanSession: false,
    protocolVersion: 4,
    startedAt: null,
    queuedMessages: 0,
    waitingAcks: 0,
    subscriptions: [{ topicFilter: `${name}/#`, qos: 1 }],
  });
  const nodes = [{ name: "sub-1", adminUrl: "http://127.0.0.1:1" }];
  const read = readAudience({ broker: { describeSession: async (_node, id) => facts(id) }, nodes, nowMs: () => 0 });
  expect(away).toBeDefined();
  expect(await read(ctx, { topicName: `${name}/orders/1` })).toMatchObject({
    may: 2,
    asked: { subscribedNow: 1, wouldQueue: 1, notSubscribed: 0, noAnswer: 0 },
  });
  expect(await read(ctx, { topicName: "elsewhere" })).toMatchObject({ may: 0, asked: { subscribedNow: 0 } });
});

test("a role publishes within its topics only, from the moment an administrator says so", async () => {
  const [engineer, admin] = [testContext(db), testContext(db, { role: "admin" })];
  const everywhere = { role: "engineer", action: "publish", topicFilter: "#" } as const;
  const orders = { ...everywhere, topicFilter: "halodoc/#" };
  await allowRoleTopic(admin, orders);
  await allowRoleTopic(admin, orders);
  await denyRoleTopic(admin, everywhere);
  await denyRoleTopic(admin, everywhere);
  await publishByOperator(engineer, { to: { topicName: "halodoc/orders/1" }, payload: "x" });
  const refused = publishByOperator(engineer, { to: { topicName: "other/1" }, payload: "x" });
  await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN", message: expect.stringContaining("halodoc/#") });
  await allowRoleTopic(admin, everywhere);
  await publishByOperator(engineer, { to: { topicName: "other/1" }, payload: "x" });
  expect((await listRoleTopics(admin, {})).map(({ topicFilter }) => topicFilter)).toContain("halodoc/#");
  const audited = await db.prisma.auditEvent.findMany({ where: { actorId: admin.actor.id } });
  expect(audited.map(({ action }) => action)).toContain("access.denyRoleTopic");
});

test.each(rolesWithout("access.manage"))("the role %s does not change what roles may publish", async (role) => {
  const asked = { role: "support", action: "publish", topicFilter: "#" } as const;
  await expect(allowRoleTopic(testContext(db, { role }), asked)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(denyRoleTopic(testContext(db, { role }), asked)).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("{{clientId}} and {{personId}} are filled in where the topic is one client's own, and nowhere else", async () => {
  const ctx = testContext(db);
  const client = await makeClient(db);
  const payload = '{"to":"{{personId}}","at":"{{clientId}}","keep":"{{other}}"}';
  const { messageId } = await publishByOperator(ctx, { to: { clientId: client.clientId }, payload });
  expect(JSON.parse((await readPayload(ctx, { messageId })).text ?? "")).toEqual({
    to: client.personId,
    at: client.clientId,
    keep: "{{other}}",
  });
  for (const to of [{ topicName: "orders/1" }, { clientId: "never-seen" }])
    await expect(publishByOperator(ctx, { to, payload })).rejects.toMatchObject({ code: "VALIDATION" });
});

test("topics published to of late come first, each once, then the groups", async () => {
  const ctx = testContext(db);
  const topicName = `suggested/${randomUUID()}`;
  for (let i = 0; i < 2; i++) await publishByOperator(ctx, { to: { topicName }, payload: "x" });
  const suggested = await suggestTopics(ctx, {});
  expect(suggested[0]).toEqual({ topicName, from: "history" });
  expect(suggested.filter((one) => one.topicName === topicName)).toHaveLength(1);
});
