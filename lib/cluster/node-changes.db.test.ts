import { expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeNode } from "@/test/factories";
import { recordBoot, recordLooks, recordNode } from "./record-node";

const { db } = await testDatabase();
const changesOf = async (nodeId: number) =>
  (
    await db.pool.query(
      `select from_state, to_state, evidence, restarted, last_answer_at is not null as answered from node_changes
       where node_id = $1 order by at`,
      [nodeId],
    )
  ).rows;

it("keeps every change of a node's state with its evidence, and nothing when nothing changed", async () => {
  const { nodeId } = await makeNode(db);
  await recordLooks(db.pool, { askedNodeIds: [nodeId], answeredNodeIds: [nodeId] });
  const hour = 3_600_000;
  await recordNode(db.pool, { nodeId, state: "up", evidence: "answers", sinceBootMs: hour });
  await recordNode(db.pool, { nodeId, state: "silent", evidence: "no_answer", sinceBootMs: null });
  await recordNode(db.pool, { nodeId, state: "silent", evidence: "no_answer", sinceBootMs: null });
  await recordNode(db.pool, { nodeId, state: "up", evidence: "answers", sinceBootMs: hour });
  expect(await changesOf(nodeId)).toEqual([
    { from_state: "up", to_state: "silent", evidence: "no_answer", restarted: false, answered: true },
    { from_state: "silent", to_state: "up", evidence: "answers", restarted: false, answered: true },
  ]);
});

it("tells another life of a node from the same one, though its state never changed", async () => {
  const { nodeId } = await makeNode(db);
  await recordBoot(db.pool, { nodeId, sinceBootMs: 3_600_000 });
  await recordBoot(db.pool, { nodeId, sinceBootMs: 1_000 });
  expect(await changesOf(nodeId)).toMatchObject([{ from_state: "up", to_state: "up", restarted: true }]);
});
