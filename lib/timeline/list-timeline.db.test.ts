import { expect, it } from "vitest";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { testDatabase } from "@/test/database";
import { RANK, versionOf } from "@/lib/presence/version";
import { listTimeline } from "./list-timeline";

const { db } = await testDatabase();
const ctx = testContext(db, { role: "support" });
const node = await makeNode(db, { name: "sub-1" });
const { clientKey, clientId } = await makeClient(db);
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));

await db.pool.query(
  "insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address) values ($1, $2, $3, $4, 'queued', '203.0.113.7')",
  [clientKey, node.nodeId, at(1), at(3)],
);
await db.prisma.presence.create({
  data: {
    clientKey,
    ver: versionOf(at(5).getTime() * 1_000, RANK.open),
    nodeId: node.nodeId,
    changedAt: at(5),
    proofKind: "hook",
    proofAt: at(5),
  },
});
await db.pool.query(
  "insert into connect_refusals (client_id, node_id, at, reason) values ($1, $2, $3, 'token_expired')",
  [clientId, node.nodeId, at(4)],
);
await db.pool.query(
  `insert into messages (topic_name, qos, payload, client_id, source, actor_id, actor_name, accepted_at, acknowledged_at)
   values ('lc/v1/x', 1, '', $1, 'console', 'o', 'Rizky C', $2, $2::timestamptz + interval '12 ms')`,
  [clientId, at(6)],
);
await db.pool.query(
  `insert into log_requests (client_id, reason, max_bytes, requested_by, requested_by_name, requested_at, expires_at)
   values ($1, 'test', 1024, 'o', 'Rizky C', $2, $2::timestamptz + interval '1 day')`,
  [clientId, at(7)],
);

await db.pool.query(
  `insert into log_request_changes (log_request_id, at, state, actor_name, cause)
   select log_requests.id, $2::timestamptz + interval '1 s' * n, told.state, who, cause from log_requests,
     (values (0, 'waiting', 'Rizky C', 'requested'), (20, 'sent', 'worker', 'dispatched'), (40, 'sent', 'worker', 'repeated'))
       as told (n, state, who, cause)
   where client_id = $1`,
  [clientId, at(7)],
);

it("tells sessions, refusals, messages and log requests as one story, newest first", async () => {
  const { entries, nextCursor } = await listTimeline(ctx, { clientId });
  expect(entries.map((entry) => entry.what)).toEqual([
    "logMoved",
    "logRequested",
    "message",
    "connected",
    "refused",
    "ended",
    "connected",
  ]);
  expect(entries[0]).toMatchObject({ state: "sent", by: "worker" });
  expect(entries.slice(1).map((entry) => entry.at)).toEqual(
    [7, 6, 5, 4, 3, 1].map((minute) => at(minute).toISOString()),
  );
  expect(entries[2]).toMatchObject({ topicName: "lc/v1/x", qos: 1, acknowledgedAfterMs: 12, by: "Rizky C" });
  expect(entries[5]).toMatchObject({ ending: "queued", lastedMs: 120_000, node: "sub-1" });
  expect(nextCursor).toBeNull();
});

it("pages without skipping or repeating, and narrows to one kind", async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listTimeline(ctx, { clientId, limit: 2, ...(cursor ? { cursor } : {}) });
    seen.push(...page.entries.map((entry) => entry.what));
    cursor = page.nextCursor ?? undefined;
  } while (cursor && seen.length < 20);
  expect(seen).toHaveLength(7);
  for (const kind of ["connection", "messages", "logs"] as const) {
    const { entries } = await listTimeline(ctx, { clientId, kind });
    expect(entries).toHaveLength({ connection: 4, messages: 1, logs: 2 }[kind]);
  }
});

it("of another client is another story", async () => {
  expect((await listTimeline(ctx, { clientId: "somebody-else" })).entries).toEqual([]);
});
