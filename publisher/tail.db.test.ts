import { randomUUID } from "node:crypto";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import type { TailLine, TailMessage } from "@/lib/publish/schemas";
import { tailTopics } from "@/lib/publish/tail-topics";
import { startBareBroker, type BareBroker } from "@/test/bare-broker";
import { testDatabase } from "@/test/database";
import { rolesWithout, testContext } from "@/test/factories";
import { freePort } from "@/test/free-port";
import { publisherEnv } from "./env";
import { startPublisher, type Publisher } from "./publisher";

const { db, url } = await testDatabase();
let broker: BareBroker;
let publisher: Publisher;
let device: mqtt.MqttClient;

beforeAll(async () => {
  broker = await startBareBroker();
  publisher = await startPublisher(
    readEnv(publisherEnv, {
      DATABASE_URL: url,
      PUBLISHER_PORT: String(await freePort()),
      PUBLISHER_USERNAME: "liveconnect-publisher",
      PUBLISHER_PASSWORD: randomUUID(),
      PUBLISHER_INSTANCE: "tail-test",
      BROKER_NODES: JSON.stringify([
        { name: "pub-1", role: "publisher", adminUrl: "http://127.0.0.1:1", mqttUrl: broker.url },
      ]),
    }),
    createLog("publisher", "silent"),
  );
  device = await mqtt.connectAsync(broker.url);
});
afterAll(async () => {
  await device.endAsync(true);
  await publisher.close();
  await broker.close();
});

/** Watches a filter; `lines` grows as they come. */
async function watch(topicFilter: string) {
  const { ticket } = await tailTopics(testContext(db), { topicFilter });
  const stop = new AbortController();
  const response = await fetch(`${publisher.url}/tails`, {
    method: "POST",
    headers: { authorization: `Bearer ${ticket}` },
    signal: stop.signal,
  });
  expect(response.status).toBe(200);
  const lines: TailLine[] = [];
  const read = async (): Promise<void> => {
    let unread = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (unread + chunk).split("\n");
      unread = parts.pop() ?? "";
      lines.push(...parts.map((part) => JSON.parse(part) as TailLine));
    }
  };
  void read().catch(() => undefined);
  await expect.poll(() => lines[0]?.kind, { timeout: 5_000 }).toBe("opened");
  const messages = (): TailMessage[] => lines.filter((line) => line.kind === "message");
  return { messages, stop: () => stop.abort() };
}

test("a tail shows what is published within its filter, with the QoS and the retained mark it had", async () => {
  await device.publishAsync("orders/kept", "old", { qos: 1, retain: true });
  const { messages, stop } = await watch("orders/+");
  await device.publishAsync("orders/1", '{"status":"delivered"}', { qos: 2 });
  await device.publishAsync("orders/2", Buffer.from([0, 255]), { qos: 0 });
  await device.publishAsync("other/1", "x");
  await expect.poll(() => messages().length).toBe(3);
  expect(messages()).toMatchObject([
    { topicName: "orders/kept", qos: 1, retain: true, text: "old" },
    { topicName: "orders/1", qos: 2, retain: false, text: '{"status":"delivered"}', shortened: "no", skipped: 0 },
    { topicName: "orders/2", qos: 0, text: null, base64: "AP8=", payloadBytes: 2 },
  ]);
  const withTail = broker.aedes.connectedClients;
  stop();
  await expect.poll(() => broker.aedes.connectedClients).toBe(withTail - 1);
});

test("more than twenty a second are counted, not shown; a long payload shows its beginning", async () => {
  const { messages, stop } = await watch("burst/#");
  await Promise.all(Array.from({ length: 200 }, (_, i) => device.publishAsync("burst/1", String(i))));
  await device.publishAsync("burst/2", "x");
  await expect
    .poll(
      async () => {
        await device.publishAsync("burst/long", "é".repeat(10_000));
        return messages().at(-1)?.topicName;
      },
      { interval: 300, timeout: 5_000 },
    )
    .toBe("burst/long");
  const last = messages().at(-1);
  expect(last).toMatchObject({ shortened: "cut", payloadBytes: 20_000 });
  expect(last?.skipped).toBeGreaterThan(100);
  stop();
});

test("an upload's URL is never shown", async () => {
  const { messages, stop } = await watch("lc/v1/clients/and-1/commands");
  await device.publishAsync("lc/v1/clients/and-1/commands", '{"type":"logs.put","upload":{"url":"https://s3/secret"}}');
  await expect.poll(() => messages()[0]).toMatchObject({ shortened: "withheld", text: "", base64: "" });
  stop();
});

test("each tail is recorded with its filter, and whether it reaches people's own topics", async () => {
  const ctx = testContext(db);
  await tailTopics(ctx, { topicFilter: "lc/v1/clients/and-1/#" });
  await tailTopics(ctx, { topicFilter: "lc/+/clients/+/events" });
  await tailTopics(ctx, { topicFilter: "halodoc/#" });
  const audited = await db.prisma.auditEvent.findMany({ where: { actorId: ctx.actor.id }, orderBy: { id: "asc" } });
  expect(audited.map(({ subjectId, details }) => [subjectId, (details as { personal: boolean }).personal])).toEqual([
    ["lc/v1/clients/and-1/#", true],
    ["lc/+/clients/+/events", true],
    ["halodoc/#", false],
  ]);
});

test.each(["#", "+/orders", "$SYS/#", "a/#/b", ""])("%s is not watched", async (topicFilter) => {
  await expect(tailTopics(testContext(db), { topicFilter })).rejects.toMatchObject({ code: "VALIDATION" });
});

test.each(rolesWithout("publish.tail"))("the role %s does not watch", async (role) => {
  const refused = tailTopics(testContext(db, { role }), { topicFilter: "a/b" });
  await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a ticket that was not made here, or whose time is over, opens nothing", async () => {
  const past = testContext(db, { role: "engineer" }, { now: new Date(Date.now() - 16 * 60_000) });
  const { ticket } = await tailTopics(past, { topicFilter: "a/b" });
  for (const given of [ticket, "forged", ""]) {
    const headers = { authorization: `Bearer ${given}` };
    expect((await fetch(`${publisher.url}/tails`, { method: "POST", headers })).status).toBe(401);
  }
});
