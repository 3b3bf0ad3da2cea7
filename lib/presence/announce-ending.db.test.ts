import { beforeAll, describe, expect, it } from "vitest";
import { inTransaction } from "@/lib/rbac/context";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { announceEnding } from "./announce-ending";
import { databaseNowUs } from "./database-clock";
import { emptyFold, foldEvent, type PresenceEvent } from "./fold-events";
import { getClient } from "./get-client";
import { listSessions } from "./list-sessions";
import { writePresence } from "./write-presence";

const { db } = await testDatabase();
const support = testContext(db, { role: "support" });
const SECOND = 1_000_000;
const peer = { address: "203.0.113.9", port: 40_000 };
let nowUs = 0;

beforeAll(async () => {
  await makeNode(db, { name: "n1" });
  nowUs = await databaseNowUs(db.pool)();
});

const told = (...events: PresenceEvent[]) =>
  writePresence(db.pool, [events.reduce(foldEvent, emptyFold(events[0]?.clientId ?? ""))]);
const opened = (clientId: string, agoSeconds: number, endsInSeconds: number | null = null): PresenceEvent => {
  const endsAtUs = endsInSeconds === null ? null : nowUs + endsInSeconds * SECOND;
  return { kind: "opened", clientId, node: "n1", atUs: nowUs - agoSeconds * SECOND, peer, endsAtUs };
};
const ended = (clientId: string, inSeconds: number, rank: 1 | 2 = 1): PresenceEvent => ({
  kind: "ended",
  clientId,
  node: "n1",
  atUs: nowUs + inSeconds * SECOND,
  rank,
});
const announce = (clientId: string) =>
  inTransaction(support, (ctx) => announceEnding(ctx, { clientId, reason: "disconnected" }));

async function reasonsOf(clientId: string) {
  const from = new Date(nowUs / 1_000 - 3_600_000).toISOString();
  const to = new Date(nowUs / 1_000 + 3_600_000).toISOString();
  const history = await listSessions(support, { clientId, from, to });
  const sessions = history.detail === "sessions" ? history.sessions : [];
  const result = await getClient(support, { clientId });
  const now = result.status === "known" ? result.client.presence?.reason : undefined;
  return { now, sessions: sessions.map(({ reason, endedBy }) => [reason, endedBy]) };
}

describe("why a session ended", () => {
  it("is not told when nobody announced it", async () => {
    const { clientId } = await makeClient(db);
    await told(opened(clientId, 60));
    await told(ended(clientId, 0));
    expect(await reasonsOf(clientId)).toEqual({ now: null, sessions: [[null, null]] });
  });

  it("is the announced one for the ending that follows, and for no session that began later", async () => {
    const { clientId } = await makeClient(db);
    await told(opened(clientId, 60));
    await announce(clientId);
    await told(ended(clientId, 2));
    expect(await reasonsOf(clientId)).toEqual({
      now: "disconnected",
      sessions: [["disconnected", support.actor.name]],
    });
    await told(opened(clientId, -3));
    expect(await reasonsOf(clientId)).toMatchObject({ now: null });
    await told(ended(clientId, 6));
    expect((await reasonsOf(clientId)).sessions[1]).toEqual([null, null]);
  });

  it("is not an announcement's that came after the ending, or long before it", async () => {
    const [before, after] = await Promise.all([makeClient(db), makeClient(db)]);
    for (const { clientId } of [before, after]) {
      await told(opened(clientId, 60));
      await announce(clientId);
    }
    await told(ended(before.clientId, -20));
    await told(ended(after.clientId, 60));
    expect((await reasonsOf(before.clientId)).now).toBeNull();
    expect((await reasonsOf(after.clientId)).now).toBeNull();
  });

  it("is the token's time where the broker was told to end it then, in one batch and in two", async () => {
    const [one, two, early] = await Promise.all([makeClient(db), makeClient(db), makeClient(db)]);
    await told(opened(one.clientId, 600, -3), ended(one.clientId, 0));
    await told(opened(two.clientId, 600, -3));
    await told(ended(two.clientId, 0));
    await told(opened(early.clientId, 600, 60));
    await told(ended(early.clientId, 0));
    expect((await reasonsOf(one.clientId)).sessions).toEqual([["token_expired", null]]);
    expect(await reasonsOf(two.clientId)).toEqual({ now: "token_expired", sessions: [["token_expired", null]] });
    expect((await reasonsOf(early.clientId)).now).toBeNull();
  });

  it("is its own time for a kept session that expired, and a newer connection for one that was taken over", async () => {
    const { clientId } = await makeClient(db);
    await told(opened(clientId, 60));
    await told(opened(clientId, 30));
    await told(ended(clientId, 0));
    const expired = { ...ended(clientId, 5, 2), reason: "session_expired" } as PresenceEvent;
    await told(expired);
    expect(await reasonsOf(clientId)).toEqual({
      now: "session_expired",
      sessions: [
        ["taken_over", null],
        [null, null],
      ],
    });
  });
});
