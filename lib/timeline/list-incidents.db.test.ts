import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { seedRules } from "@/lib/alerts/seed-rules";
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

test("alerts that were open in a span are told with their rule; those not of nodes to who may see alerts", async () => {
  await seedRules(db.pool);
  const make = (ruleId: string, label: string, [openedAt, resolvedAt]: [Date, Date | null]) => {
    const status = resolvedAt ? "resolved" : "open";
    const data = { ruleId, label, severity: "page", groupKey: label, status, openedAt, resolvedAt };
    return db.prisma.alert.create({ data });
  };
  const over = await make("node-down", "sub-1", [at(40), at(45)]);
  const lasting = await make("issuer-away", "", [at(44), null]);
  const seenBy = async (role: "oncall" | "engineer") => {
    const { incidents } = await listIncidents(testContext(db, { role }), { from: at(41), to: at(50) });
    return incidents.filter(({ kind }) => kind === "alert");
  };
  const told = { kind: "alert", ruleName: null, severity: "page" };
  const ofNode = { ...told, alertId: over.id, ruleId: "node-down", label: "sub-1", from: iso(40), until: iso(45) };
  const ofIssuers = { ...told, alertId: lasting.id, ruleId: "issuer-away", label: "", from: iso(44), until: null };
  expect(await seenBy("oncall")).toEqual([ofNode, ofIssuers]);
  expect(await seenBy("engineer")).toEqual([ofNode]);
});

test("incidents are refused to roles that may not see the cluster", async () => {
  for (const role of rolesWithout("cluster.read"))
    await expect(listIncidents(testContext(db, { role }), { from: at(0), to: at(9) })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
});
