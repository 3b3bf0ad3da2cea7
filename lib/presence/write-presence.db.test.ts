import { createHash } from "node:crypto";
import pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { addNodes } from "@/lib/broker/add-nodes";
import { openPool } from "@/lib/db/database";
import { eventSchema, type LiveEvent } from "@/lib/events/schemas";
import { testDatabase } from "@/test/database";
import { clientKeyOf } from "./client-key";
import { EFFECTIVE_SINCE, EFFECTIVE_STATE, PRESENCE_JOIN } from "./effective-state";
import { emptyFold, foldEvent, type PresenceEvent } from "./fold-events";
import { WRITE_SETTINGS, writePresence } from "./write-presence";
import { writeSignIns, type SignIn } from "./write-sign-ins";

const { db, url } = await testDatabase();
const START = 1_795_000_000_000_000;
const SECOND = 1_000_000;

let count = 0;
const freshClient = (): string => `c-${(count += 1)}`;
const signIn = (clientId: string, given: Partial<SignIn> = {}): SignIn => ({
  clientId,
  personId: `p-${clientId}`,
  name: "Siti Contoh",
  phoneNumber: "+6281200001234",
  platform: "android",
  appVersion: "12.4.1",
  deviceModel: null,
  cleanSession: false,
  tokenHash: createHash("sha256").update(clientId).digest("base64"),
  tokenId: null,
  ...given,
});

const batchOf = (events: PresenceEvent[]) => {
  const folds = new Map(events.map((event) => [event.clientId, emptyFold(event.clientId)]));
  for (const event of events)
    folds.set(event.clientId, foldEvent(folds.get(event.clientId) ?? emptyFold(event.clientId), event));
  return [...folds.values()];
};
const write = (...events: PresenceEvent[]) => writePresence(db.pool, batchOf(events));
const opened = (clientId: string, node: string, at: number): PresenceEvent => ({
  kind: "opened",
  clientId,
  node,
  atUs: START + at,
  // a connection's own, as TCP gives it
  peer: { address: "203.0.113.9", port: 1_024 + (at % 59_999) },
});
const ended = (clientId: string, node: string, at: number, rank: 1 | 2 = 1): PresenceEvent => ({
  kind: "ended",
  clientId,
  node,
  atUs: START + at,
  rank,
});

async function stateOf(clientId: string): Promise<{ state: string; since: Date; node: string } | undefined> {
  const result = await db.pool.query<{ state: string; since: Date; node: string }>(
    `select ${EFFECTIVE_STATE} as state, ${EFFECTIVE_SINCE} as since, n.name as node from ${PRESENCE_JOIN} where c.client_id = $1`,
    [clientId],
  );
  return result.rows[0];
}

async function historyOf(clientId: string): Promise<[number, number, string][]> {
  const result = await db.pool.query<{ s: number; e: number; ending: string }>(
    `select (extract(epoch from started_at) * 1e6)::bigint as s, (extract(epoch from ended_at) * 1e6)::bigint as e, ending
     from sessions where client_key = $1 order by ended_at`,
    [clientKeyOf(clientId)],
  );
  return result.rows.map((row) => [row.s - START, row.e - START, row.ending]);
}

beforeAll(async () => {
  await addNodes(db.pool, [
    { name: "sub-1", role: "subscriber" },
    { name: "sub-2", role: "subscriber" },
  ]);
  await db.pool.query("update broker_nodes set state = 'up', booted_at = to_timestamp($1)", [START / 1e6 - 60]);
});

describe("writing presence", () => {
  it("opens, queues and ends a session, each change kept as history once", async () => {
    const c = freshClient();
    await writeSignIns(db.pool, [signIn(c)]);
    await write(opened(c, "sub-1", 10));
    expect(await stateOf(c)).toMatchObject({ state: "online", node: "sub-1" });
    await write(ended(c, "sub-1", 500));
    expect(await stateOf(c)).toMatchObject({ state: "offline_queued" });
    await write(ended(c, "sub-1", 900, 2));
    expect(await stateOf(c)).toMatchObject({ state: "offline_gone" });
    expect(await historyOf(c)).toEqual([[10, 500, "queued"]]);
  });

  it("changes no state for an ending from a node that does not hold the session", async () => {
    const c = freshClient();
    await writeSignIns(db.pool, [signIn(c)]);
    await write(opened(c, "sub-1", 10));
    await write(opened(c, "sub-2", 20));
    await write(ended(c, "sub-1", 30));
    expect(await stateOf(c)).toMatchObject({ state: "online", node: "sub-2" });
    expect(await historyOf(c)).toEqual([[10, 20, "taken_over"]]);
  });

  it("does not end a session that began after the ending was received", async () => {
    const c = freshClient();
    await writeSignIns(db.pool, [signIn(c)]);
    await write(opened(c, "sub-1", 100));
    await write(ended(c, "sub-1", 50));
    expect(await stateOf(c)).toMatchObject({ state: "online" });
  });

  it("dates a replaced session by its own node's ending when both come in one batch", async () => {
    const c = freshClient();
    await writeSignIns(db.pool, [signIn(c)]);
    await write(opened(c, "sub-1", 10));
    await write(ended(c, "sub-1", 40), opened(c, "sub-1", 70));
    expect(await stateOf(c)).toMatchObject({ state: "online" });
    expect(await historyOf(c)).toEqual([[10, 40, "queued"]]);
  });

  it("keeps sessions that begin and end inside one batch", async () => {
    const c = freshClient();
    await writeSignIns(db.pool, [signIn(c)]);
    await write(opened(c, "sub-1", 10), ended(c, "sub-1", 20), opened(c, "sub-1", 30), ended(c, "sub-1", 40, 2));
    expect(await historyOf(c)).toEqual([
      [10, 20, "queued"],
      [30, 40, "gone"],
    ]);
    expect(await stateOf(c)).toMatchObject({ state: "offline_gone" });
  });

  it("changes nothing when a batch is repeated or comes late", async () => {
    const c = freshClient();
    await writeSignIns(db.pool, [signIn(c)]);
    const first = [opened(c, "sub-1", 10), ended(c, "sub-1", 20)];
    await write(...first);
    await write(opened(c, "sub-2", 50));
    expect(await write(...first)).toBe(0);
    expect(await stateOf(c)).toMatchObject({ state: "online", node: "sub-2" });
    expect(await historyOf(c)).toEqual([[10, 20, "queued"]]);
  });

  it("doubts which of two sessions was the last when two gateways' clocks may not say it, though one is over", async () => {
    const c = freshClient();
    await write(opened(c, "sub-1", 10 * SECOND), ended(c, "sub-1", 30 * SECOND));
    await write(opened(c, "sub-2", 10 * SECOND - 100_000));
    expect(await db.prisma.presenceDoubt.findMany({ where: { clientKey: clientKeyOf(c) } })).toMatchObject([
      { kind: "two_nodes" },
    ]);
  });

  it("gives a session its place in the history when the gateway that heard it is behind another", async () => {
    const c = freshClient();
    await writeSignIns(db.pool, [signIn(c)]);
    await write(opened(c, "sub-1", 1 * SECOND));
    const behind = [ended(c, "sub-1", 5 * SECOND), opened(c, "sub-1", 9 * SECOND), ended(c, "sub-1", 12 * SECOND, 2)];
    await write(opened(c, "sub-2", 7 * SECOND));
    await write(opened(c, "sub-2", 20 * SECOND));
    for (const _ of ["once", "told again"]) await write(...behind);
    expect(await historyOf(c)).toEqual([
      [1 * SECOND, 5 * SECOND, "queued"],
      [7 * SECOND, 9 * SECOND, "taken_over"],
      [9 * SECOND, 12 * SECOND, "gone"],
    ]);
    expect(await stateOf(c)).toMatchObject({ state: "online", node: "sub-2" });
  });

  it("ends one that was told to end after a session began that the gateway behind brings together with the newest", async () => {
    const client = freshClient();
    await write(opened(client, "sub-2", 2 * SECOND));
    await write(ended(client, "sub-2", 24 * SECOND));
    await write(opened(client, "sub-1", 4 * SECOND), opened(client, "sub-1", 26 * SECOND));
    expect(await historyOf(client)).toEqual([
      [2 * SECOND, 4 * SECOND, "taken_over"],
      [4 * SECOND, 26 * SECOND, "taken_over"],
    ]);
  });

  it("ends a session with its node's life when it was told late and nothing began before that", async () => {
    const c = freshClient();
    await db.pool.query("update broker_nodes set lost_at = to_timestamp($1) where name = 'sub-2'", [START / 1e6 + 30]);
    await write(opened(c, "sub-1", 60 * SECOND));
    await write(opened(c, "sub-2", 10 * SECOND));
    await db.pool.query("update broker_nodes set lost_at = null where name = 'sub-2'");
    const { rows } = await db.pool.query("select reason from sessions where client_key = $1", [clientKeyOf(c)]);
    expect(rows).toEqual([{ reason: "node_lost" }]);
    expect(await historyOf(c)).toEqual([[10 * SECOND, 30 * SECOND, "queued"]]);
  });

  it("takes a wakeup of no address soon after a change, and its ending, for an old one told again", async () => {
    const c = freshClient();
    await write(opened(c, "sub-1", 1 * SECOND));
    const again: PresenceEvent = { kind: "opened", clientId: c, node: "sub-1", atUs: START + 4 * SECOND, peer: null };
    await write(ended(c, "sub-1", 4 * SECOND - 1), again, ended(c, "sub-1", 5 * SECOND));
    expect(await historyOf(c)).toEqual([[1 * SECOND, 4 * SECOND - 1, "queued"]]);
    expect(await db.prisma.presenceDoubt.count({ where: { clientKey: clientKeyOf(c) } })).toBe(1);
  });

  it("tells unknown for sessions on a silent node, and offline for those older than its boot", async () => {
    const [clean, kept] = [freshClient(), freshClient()];
    await writeSignIns(db.pool, [signIn(clean, { cleanSession: true }), signIn(kept)]);
    await write(opened(clean, "sub-2", 10), opened(kept, "sub-2", 10));
    await db.pool.query("update broker_nodes set state = 'silent', state_since = now() where name = 'sub-2'");
    expect(await stateOf(kept)).toMatchObject({ state: "unknown" });
    await db.pool.query("update broker_nodes set state = 'up', booted_at = to_timestamp($1) where name = 'sub-2'", [
      START / 1e6 + 5,
    ]);
    expect(await stateOf(clean)).toMatchObject({ state: "offline_gone" });
    expect(await stateOf(kept)).toMatchObject({ state: "offline_queued" });
    await db.pool.query("update broker_nodes set booted_at = to_timestamp($1) where name = 'sub-2'", [
      START / 1e6 - 60,
    ]);
  });

  it("tells listeners of every change, in notifications below the limit", async () => {
    const listener = new pg.Client({ connectionString: url });
    const heard: LiveEvent[] = [];
    listener.on("notification", (message) => heard.push(eventSchema.parse(JSON.parse(message.payload ?? ""))));
    await listener.connect();
    await listener.query("listen presence");
    const clients = Array.from({ length: 100 }, () => `${"x".repeat(55)}-${freshClient()}`);
    await writeSignIns(
      db.pool,
      clients.map((c) => signIn(c)),
    );
    expect(await write(...clients.map((c) => opened(c, "sub-1", 10)))).toBe(100);
    await listener.query("select 1");
    await listener.end();
    const told = heard.flatMap((event) => (event.type === "presence.changed" ? event.clients : []));
    expect(told.map((client) => client.clientId).toSorted()).toEqual(clients.toSorted());
    expect(told[0]).toMatchObject({ state: "online", node: "sub-1", at: Math.floor((START + 10) / 1000) });
  });
});

describe("writing sign-ins", () => {
  it("keeps what a later token leaves out, and the person a client was bound to first", async () => {
    const c = freshClient();
    await writeSignIns(db.pool, [signIn(c, { name: "Siti Nur Aini" })]);
    await writeSignIns(db.pool, [signIn(c, { name: null, appVersion: "12.5.0" })]);
    const person = await db.prisma.person.findUniqueOrThrow({ where: { personId: `p-${c}` } });
    expect(person.name).toBe("Siti Nur Aini");
    await writeSignIns(db.pool, [signIn(c, { personId: "p-somebody-else" })]);
    const client = await db.prisma.client.findUniqueOrThrow({ where: { clientId: c } });
    expect(client).toMatchObject({ personId: `p-${c}`, appVersion: "12.5.0" });
  });

  it("remembers the hash of the token a client signed in with last, of its own person only", async () => {
    const c = freshClient();
    const hash = (token: string) => createHash("sha256").update(token).digest("base64");
    for (const given of [{}, { tokenHash: hash("renewed") }, { tokenHash: hash("stolen"), personId: "p-other" }])
      await writeSignIns(db.pool, [signIn(c, given)]);
    const { tokenHash } = await db.prisma.clientToken.findUniqueOrThrow({ where: { clientKey: clientKeyOf(c) } });
    expect(Buffer.from(tokenHash).toString("base64")).toBe(hash("renewed"));
  });

  it("finds a person by each word of their newest name only", async () => {
    const c = freshClient();
    await writeSignIns(db.pool, [signIn(c, { name: "Rina Wati" })]);
    await writeSignIns(db.pool, [signIn(c, { name: "Rina Kusuma" })]);
    const words = await db.prisma.personWord.findMany({ where: { personId: `p-${c}` } });
    expect(words.map((row) => row.word).toSorted()).toEqual(["kusuma rina", "rina kusuma"]);
  });
});

it("is planned once on a connection for writing, and looks nobody up by reading a table whole", async () => {
  const pool = openPool({ url, connections: 1, applicationName: "liveconnect-test", settings: WRITE_SETTINGS });
  try {
    const many = 10;
    for (let n = 0; n < many; n += 1) await writePresence(pool, batchOf([opened(freshClient(), "n1", n)]));
    const { rows } = await pool.query<{ generic_plans: number; custom_plans: number }>(
      "select generic_plans, custom_plans from pg_prepared_statements",
    );
    // PostgreSQL plans five times for the values before it compares.
    expect(rows).toEqual([{ generic_plans: many - 5, custom_plans: 5 }]);
    expect((await pool.query("show enable_seqscan")).rows).toEqual([{ enable_seqscan: "off" }]);
  } finally {
    await pool.end();
  }
});
