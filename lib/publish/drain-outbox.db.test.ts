import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import { inTransaction } from "@/lib/rbac/context";
import { testDatabase } from "@/test/database";
import { testContext } from "@/test/factories";
import { drainOutbox } from "./drain-outbox";
import { enqueueMessage } from "./enqueue-message";
import { getMessage } from "./get-message";
import { createMessageAcceptor } from "./message-acceptor";
import { openOutboxLanes } from "./outbox-lanes";
import type { MessageSender } from "./message-sender";
import type { OutboxMessage } from "./outbox-rows";
import { publishMessage } from "./publish-message";
import { acknowledgementOf } from "./schemas";

const { db, url } = await testDatabase();
const log = createLog("test", "silent");
const ctx = testContext(db);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await db.pool.query("delete from messages");
});

/** A sender that keeps what it was given and acknowledges it by `answer`. */
function startDrain(answer: (message: OutboxMessage) => Promise<void> = async () => undefined) {
  const sent: OutboxMessage[] = [];
  const state = { ready: true };
  const sender: MessageSender = {
    isReady: () => state.ready,
    heldTopics: () => [],
    send: async (message) => {
      sent.push(message);
      await answer(message);
      const packets = { packetId: null, receivedAtMs: null, releasedAtMs: null, reasonCode: null };
      return { acknowledgement: acknowledgementOf(message.qos), node: "pub-1", packets };
    },
  };
  const lanes = openOutboxLanes({ url, log });
  const drain = drainOutbox({ pool: db.pool, recordPool: db.pool, lanes, sender, log, nowMs: () => performance.now() });
  const close = async (): Promise<void> => {
    await drain.close(2_000);
    await lanes.close();
  };
  closing.push(close);
  return { sent, state, drain, close, payloads: () => sent.map((message) => message.payload.toString()) };
}

function createGate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

const publish = (payload: string, given: { topicName?: string; qos?: 0 | 1 | 2; expirySeconds?: number } = {}) =>
  publishMessage(ctx, {
    to: { topicName: given.topicName ?? "orders/1" },
    payload,
    qos: given.qos,
    expirySeconds: given.expirySeconds,
  });

const stateOf = async (messageId: string) => (await getMessage(ctx, { messageId })).state;

test("messages are sent in the order they were accepted, each acknowledged with times and node", async () => {
  const published = [await publish("a", { qos: 0 }), await publish("b", { qos: 1 }), await publish("c", { qos: 2 })];
  const { payloads } = startDrain();
  await expect.poll(() => stateOf(published[2]?.messageId ?? "")).toBe("acknowledged");
  expect(payloads()).toEqual(["a", "b", "c"]);
  const statuses = await Promise.all(published.map(({ messageId }) => getMessage(ctx, { messageId })));
  expect(statuses.map((status) => status.acknowledgement)).toEqual(["written", "puback", "pubcomp"]);
  for (const { acceptedAt, sentAt, acknowledgedAt, node } of statuses) {
    expect(node).toBe("pub-1");
    expect(Date.parse(sentAt ?? "")).toBeGreaterThanOrEqual(Date.parse(acceptedAt));
    expect(Date.parse(acknowledgedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(sentAt ?? ""));
  }
});

test("a message whose connection was lost is sent again, and what came after it on its topic comes after it again", async () => {
  for (const payload of ["1", "2", "3"]) await publish(payload);
  let lost = false;
  const gate = createGate();
  const { payloads } = startDrain(async () => {
    if (lost) return;
    if (payloads().length === 3) gate.open();
    await gate.opened;
    lost = true;
    throw new Error("connection lost");
  });
  await expect.poll(payloads).toEqual(["1", "2", "3", "1", "2", "3"]);
});

test("a message that ends every connection is sent alone in the end, then given up; the others go out", async () => {
  const [poison, good] = [await publish("poison", { topicName: "p" }), await publish("good", { topicName: "g" })];
  const { sent } = startDrain(async (message) => {
    await db.pool.query("select 1");
    if (message.payload.toString() === "poison") throw new Error("connection lost");
  });
  await expect.poll(() => stateOf(poison.messageId), { timeout: 10_000 }).toBe("failed");
  expect(await stateOf(good.messageId)).toBe("acknowledged");
  expect(sent.filter((message) => message.payload.toString() === "poison")).toHaveLength(6);
  expect((await getMessage(ctx, { messageId: poison.messageId })).failure).toMatch(/ends the connection/);
});

const insertMany = (count: number) =>
  db.pool.query(
    `insert into messages (topic_name, qos, payload, source, actor_id, actor_name)
     select 'bulk/' || n, 1, 'x', 'api', 'a', 'a' from generate_series(1, $1::int) n`,
    [count],
  );

test("at most 256 messages are unacknowledged at once, and all of 700 arrive", async () => {
  await insertMany(700);
  let [unacknowledged, most] = [0, 0];
  const gate = createGate();
  const { sent } = startDrain(async () => {
    unacknowledged += 1;
    most = Math.max(most, unacknowledged);
    // a round trip, in which more would be started if more were allowed
    if (unacknowledged === 256) void db.pool.query("select 1").then(gate.open);
    await gate.opened;
    unacknowledged -= 1;
  });
  await expect.poll(() => sent.length, { timeout: 10_000 }).toBe(700);
  expect(most).toBe(256);
});

test("at most 1 024 messages are sent and not recorded, however long recording takes", async () => {
  await insertMany(1_300);
  const recording = await db.pool.connect();
  await recording.query("begin");
  await recording.query("select from messages for update");
  const { sent, drain } = startDrain();
  await expect.poll(() => sent.length, { timeout: 10_000 }).toBe(1_024);
  // a look at the outbox, in which more would be started if more were allowed
  drain.wake();
  await db.pool.query("select 1");
  expect(sent).toHaveLength(1_024);
  await recording.query("commit");
  recording.release();
  await expect.poll(() => sent.length, { timeout: 10_000 }).toBe(1_300);
});

test("what a publisher accepts itself goes out in order with what others accepted before, without being read from the table", async () => {
  const { drain, payloads } = startDrain();
  const acceptor = createMessageAcceptor({ pool: db.pool, by: "me", commit: drain.commit });
  const accept = (payload: string) =>
    acceptor.accept([
      {
        ctx,
        envelope: { topicName: "orders/1", payload: Uint8Array.from(Buffer.from(payload)), qos: 1, source: "api" },
      },
    ]);
  await publish("0");
  await expect.poll(payloads).toEqual(["0"]);
  const expected = ["0"];
  for (let i = 1; i <= 40; i++) {
    // a publisher is not told of every fourth but by the gap in the numbers
    await (i % 4 === 0 ? publish(String(i)) : accept(String(i)));
    expected.push(String(i));
  }
  await Promise.all([accept("a"), accept("b"), accept("c")]);
  await expect.poll(payloads, { timeout: 5_000 }).toEqual([...expected, "a", "b", "c"]);
});

test("while nothing can be sent messages wait; one whose time is over expires and is never sent", async () => {
  const { state, sent, drain } = startDrain();
  state.ready = false;
  const short = await publish("short", { expirySeconds: 1 });
  const long = await publish("long", { expirySeconds: 600 });
  await expect.poll(() => stateOf(short.messageId), { timeout: 5_000 }).toBe("expired");
  expect(await stateOf(long.messageId)).toBe("accepted");
  state.ready = true;
  drain.wake();
  await expect.poll(() => stateOf(long.messageId)).toBe("acknowledged");
  expect(sent).toHaveLength(1);
});

test("a command's payload is not kept once it is sent, as it may hold an upload URL", async () => {
  const { messageId } = await inTransaction(testContext(db, { process: "worker" }), (txCtx) =>
    enqueueMessage(txCtx, {
      topicName: "lc/v1/clients/and-1/commands",
      payload: Uint8Array.from(Buffer.from('{"upload":{"url":"https://s3/secret"}}')),
      qos: 1,
      source: "diagnostics",
    }),
  );
  const { payloads } = startDrain();
  await expect.poll(() => stateOf(messageId)).toBe("acknowledged");
  expect(payloads()[0]).toContain("secret");
  const kept = await db.pool.query<{ bytes: number }>("select octet_length(payload) as bytes from messages");
  expect(kept.rows).toEqual([{ bytes: 0 }]);
});

test("two publishers share the outbox, one topic is sent by one of them in order, and one takes over from the other", async () => {
  const [first, second] = [startDrain(), startDrain()];
  const topics = Array.from({ length: 40 }, () => `shared/${randomUUID()}`);
  // until both have a share
  await expect
    .poll(
      async () => {
        await Promise.all(topics.map((topicName) => publish("0", { topicName })));
        return first.sent.length > 0 && second.sent.length > 0;
      },
      { timeout: 10_000, interval: 500 },
    )
    .toBe(true);
  for (const payload of ["1", "2", "3"]) for (const topicName of topics) await publish(payload, { topicName });
  const numbered = (one: { sent: OutboxMessage[] }, topicName: string): string[] =>
    one.sent
      .filter((message) => message.topicName === topicName)
      .map((message) => message.payload.toString())
      .filter((payload) => payload !== "0");
  for (const topicName of topics)
    await expect.poll(() => [numbered(first, topicName), numbered(second, topicName)]).toContainEqual(["1", "2", "3"]);

  await first.close();
  const { messageId } = await publish("taken over", { topicName: first.sent[0]?.topicName });
  await expect.poll(() => stateOf(messageId), { timeout: 5_000 }).toBe("acknowledged");
  expect(second.payloads()).toContain("taken over");
}, 20_000);
