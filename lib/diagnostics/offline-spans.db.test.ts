import { expect, test } from "vitest";
import { clientKeyOf } from "@/lib/presence/client-key";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { readPresenceSpans } from "./offline-spans";

const { db } = await testDatabase();
const ctx = testContext(db);
const at = (time: string): number => Date.parse(`2026-11-19T${time}:00Z`);

test("of a phone nothing is known before its first session: it was neither offline nor online then", async () => {
  const { clientId } = await makeClient(db);
  const span = { fromMs: at("12:00"), toMs: at("16:00") };
  expect(await readPresenceSpans(ctx, clientId, span)).toEqual({ offline: [], knownFromMs: null });
  const { nodeId } = await makeNode(db);
  await db.pool.query(
    `insert into sessions (client_key, node_id, started_at, ended_at, ending) values
       ($1, $2, '2026-11-19T13:00:00Z', '2026-11-19T14:00:00Z', 'gone'), ($1, $2, '2026-11-19T15:00:00Z', '2026-11-19T16:00:00Z', 'gone')`,
    [clientKeyOf(clientId), nodeId],
  );
  expect(await readPresenceSpans(ctx, clientId, span)).toEqual({
    offline: [{ fromMs: at("14:00"), toMs: at("15:00") }],
    knownFromMs: at("13:00"),
  });
});
