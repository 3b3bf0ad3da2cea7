import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { makeNode, rolesWithout, testContext } from "@/test/factories";
import { listIncidents } from "./list-incidents";

const { db } = await testDatabase();
const engineer = testContext(db, { role: "engineer" });
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 20, 12, minute));
const iso = (minute: number): string => at(minute).toISOString();

test("lost nodes, splits and waves that touch a span are told in order, minutes of one wave as one", async () => {
  const { nodeId, name } = await makeNode(db);
  for (const [minute, from, to] of [
    [5, "up", "down"],
    [8, "down", "up"],
  ] as const)
    await db.pool.query(
      "insert into node_changes (node_id, at, from_state, to_state, evidence, last_answer_at) values ($1, $2, $3, $4, 'no_answer', $2)",
      [nodeId, at(minute), from, to],
    );
  await db.pool.query("insert into node_splits (node_id, began_at, away_from) values ($1, $2, '{sub-9}')", [
    nodeId,
    at(20),
  ]);
  await db.pool.query(
    "insert into ending_waves (minute, node_id, endings, usual) values ($1, $3, 40, 2), ($2, $3, 30, 2)",
    [at(5), at(6), nodeId],
  );
  expect(await listIncidents(engineer, { from: at(6), to: at(30) })).toEqual({
    incidents: [
      { kind: "lost", node: name, from: iso(5), until: iso(8) },
      { kind: "wave", node: name, endings: 70, usual: 2, from: iso(5), until: iso(7) },
      { kind: "split", node: name, awayFrom: ["sub-9"], from: iso(20), until: null },
    ],
    leftOut: false,
  });
  expect((await listIncidents(engineer, { from: at(9), to: at(15) })).incidents).toEqual([]);
});

test("alerts that were open in a span are told with their rule, to who may see alerts", async () => {
  const rule = { ruleId: "node-down", label: "sub-1" };
  const make = (openedAt: Date, resolvedAt: Date | null) => {
    const status = resolvedAt ? "resolved" : "open";
    const data = { ...rule, severity: "page", groupKey: "node sub-1", status, openedAt, resolvedAt };
    return db.prisma.alert.create({ data });
  };
  const over = await make(at(40), at(45));
  const lasting = await make(at(44), null);
  const told = { kind: "alert", ...rule, ruleName: null, severity: "page" };
  const span = { from: at(41), to: at(50) };
  const alertsSeenBy = async (role: "oncall" | "engineer") =>
    (await listIncidents(testContext(db, { role }), span)).incidents.filter(({ kind }) => kind === "alert");
  expect(await alertsSeenBy("oncall")).toEqual([
    { ...told, alertId: over.id, from: iso(40), until: iso(45) },
    { ...told, alertId: lasting.id, from: iso(44), until: null },
  ]);
  expect(await alertsSeenBy("engineer")).toEqual([]);
});

test("incidents are refused to roles that may not see the cluster", async () => {
  for (const role of rolesWithout("cluster.read"))
    await expect(listIncidents(testContext(db, { role }), { from: at(0), to: at(9) })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
});
