import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { presenceReportSchema } from "@/lib/presence/schemas";
import { createWebhookEndpoint } from "@/lib/webhooks/endpoints";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { startPresenceWebhooks, type PresenceWebhooks } from "./presence-webhooks";
import { startWebhookKeeper, type WebhookKeeper } from "./webhooks";

const { db } = await testDatabase();
process.env.SEALING_KEY = randomBytes(32).toString("base64");
process.env.WEBHOOK_ALLOWED_HOSTS = "127.0.0.1";

interface Message {
  data: {
    clients: { clientId: string; state: string; before: string | null }[];
    nodes: { node: string; state: string }[];
    missed: unknown;
  };
}
const messages: Message[] = [];
let secret = "";
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  messages.push(new Webhook(secret).verify(Buffer.concat(chunks).toString(), headers) as Message);
  response.writeHead(204).end();
});
await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
afterAll(() => receiver.close());

const context = () => testContext(db, { process: "worker" });
const parts: (PresenceWebhooks | WebhookKeeper)[] = [];
const within = { timeout: 20_000, interval: 50 };

beforeEach(async () => {
  messages.splice(0);
  await db.pool.query("truncate webhook_endpoints, webhook_progress cascade");
  const made = await createWebhookEndpoint(testContext(db, { role: "admin" }), {
    name: "orders",
    url,
    eventTypes: ["presence.changed"],
  });
  secret = made.secret;
});
afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.close()));
});

function startTelling(): PresenceWebhooks {
  const telling = startPresenceWebhooks({ context });
  parts.push(telling);
  return telling;
}

async function makePresence(rank: 0 | 1, secondsAgo: number, nodeId: number) {
  const client = await makeClient(db);
  const at = new Date(Date.now() - secondsAgo * 1_000);
  await db.pool.query(
    `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at) values ($1, $2, $3, $4, 'hook', $4)`,
    [client.clientKey, at.getTime() * 4_000 + rank, nodeId, at],
  );
  return client.clientId;
}

test("a change comes to a receiver signed, once, in the shape the services' API has; two workers tell it once", async () => {
  const node = await makeNode(db);
  parts.push(startWebhookKeeper({ context }));
  const [first, second] = [startTelling(), startTelling()];
  const online = await makePresence(0, 1, node.nodeId);
  const gone = await makePresence(1, 60, node.nodeId);
  const event = {
    type: "presence.changed" as const,
    clients: [
      { clientId: online, state: "online" as const, at: Date.now(), node: node.name },
      { clientId: gone, state: "offline_queued" as const, at: Date.now() - 60_000, node: node.name },
    ],
  };
  for (const worker of [first, second]) {
    worker.onEvent(event);
    worker.onEvent({ type: "cluster.nodeChanged", node: node.name, state: "up", at: Date.now() });
  }
  const clients = () => messages.flatMap(({ data }) => data.clients);
  await expect.poll(() => clients().length, within).toBe(2);
  const found = clients().find(({ clientId }) => clientId === online);
  expect(presenceReportSchema.parse(found)).toMatchObject({ clientId: online, state: "online", node: node.name });
  expect(clients().find(({ clientId }) => clientId === gone)).toMatchObject({ state: "offline_queued", before: null });
  await expect
    .poll(() => messages.flatMap(({ data }) => data.nodes), within)
    .toMatchObject([{ node: node.name, state: "up" }]);
});

test("what nobody listened to is told as a span", async () => {
  await db.pool.query("insert into webhook_progress (told_until) values (now() - interval '5 minutes')");
  parts.push(startWebhookKeeper({ context }));
  startTelling();
  await expect
    .poll(() => messages.map(({ data }) => data.missed), within)
    .toMatchObject([{ from: expect.any(String) }]);
});
