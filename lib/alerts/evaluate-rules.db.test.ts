import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { makeNode, rolesWithout, testContext } from "@/test/factories";
import { acknowledgeAlert } from "./acknowledge-alert";
import { evaluateRules } from "./evaluate-rules";
import { getAlert } from "./get-alert";
import { listAlerts } from "./list-alerts";
import { listAlertsAt } from "./list-alerts-at";
import { listRules } from "./list-rules";
import { previewRule } from "./preview-rule";
import { resolveAlert } from "./resolve-alert";
import { saveRule } from "./save-rule";
import { deleteRule } from "./delete-rule";
import type { RuleInput } from "./schemas";
import { seedRules } from "./seed-rules";
import { snoozeAlert } from "./snooze-alert";

const { db, url } = await testDatabase();
await migrateQueue({ url, log: createLog("test", "silent") });
await seedRules(db.pool);

// Every test has an hour of its own on a clock that stands still.
let hour = Date.parse("2026-11-20T00:00:00Z");
let start = hour;
beforeEach(async () => {
  hour += 3_600_000;
  start = hour;
  await db.pool.query(
    `delete from broker_nodes; delete from alerts; delete from alert_firings; delete from alert_channels; delete from alert_facts;
     update alert_rules set enabled = true; update alert_clock set evaluated_at = 'epoch'`,
  );
});

const at = (seconds: number): Date => new Date(start + seconds * 1_000);
const oncall = (seconds: number) => testContext(db, { role: "oncall" }, { now: at(seconds) });
const evaluate = (seconds: number) =>
  evaluateRules(testContext(db, { process: "worker" }, { now: at(seconds) }), {
    leastSeconds: 1,
    consoleUrl: "https://c.example",
  });

/** The watch saw the nodes in these states a moment before `seconds`. */
async function watch(seconds: number, states: Record<string, "up" | "silent" | "down">): Promise<void> {
  for (const [name, state] of Object.entries(states))
    await db.pool.query(
      "update broker_nodes set state = $2, evidence = 'answers', last_asked_at = $3 where name = $1",
      [name, state, at(seconds)],
    );
}
/** Evaluates every five seconds, the nodes being in these states. */
async function pass(from: number, to: number, states: Record<string, "up" | "silent" | "down">): Promise<void> {
  for (let seconds = from; seconds <= to; seconds += 5) {
    await watch(seconds, states);
    await evaluate(seconds);
  }
}
const alerts = () => db.prisma.alert.findMany({ orderBy: { openedAt: "asc" } });
const makeChannel = (severities: string[]) =>
  db.prisma.alertChannel.create({
    data: { name: "c", kind: "webhook", severities, destination: "x", sealed: new Uint8Array([1]), createdBy: "t" },
  });
const notices = async () =>
  (await db.prisma.alertNotice.findMany({ orderBy: { createdAt: "asc" } })).map(({ event }) => event);

async function openOne(): Promise<string> {
  await makeNode(db, { name: "sub-1" });
  await pass(0, 0, { "sub-1": "down" });
  const [alert] = await alerts();
  if (!alert) throw new Error("no alert opened");
  return alert.id;
}

describe("evaluating the shipped rules", () => {
  test("a dead node opens one alert with one notice, and both end when it is well for long enough", async () => {
    await makeChannel(["page"]);
    await makeNode(db, { name: "sub-1" });
    await pass(0, 5, { "sub-1": "up" });
    expect(await alerts()).toEqual([]);
    await pass(10, 20, { "sub-1": "down" });
    expect(await alerts()).toMatchObject([
      { groupKey: "node:sub-1", ruleId: "node-down", severity: "page", status: "open", openedAt: at(10) },
    ]);
    expect(await notices()).toEqual(["opened"]);
    await pass(25, 30, { "sub-1": "up" });
    expect((await alerts())[0]?.status).toBe("open");
    await pass(35, 35, { "sub-1": "up" });
    expect((await alerts())[0]).toMatchObject({ status: "resolved", resolution: "cleared", resolvedAt: at(35) });
    expect(await notices()).toEqual(["opened", "resolved"]);
    const [job] = (await db.pool.query("select count(*)::int as jobs from graphile_worker.jobs")).rows;
    expect(job).toEqual({ jobs: 2 });
  });

  test("a frozen node that then dies is the same alert throughout", async () => {
    await makeNode(db, { name: "sub-1" });
    await pass(0, 10, { "sub-1": "silent" });
    await pass(15, 40, { "sub-1": "down" });
    const found = await alerts();
    expect(found).toMatchObject([{ ruleId: "node-down", status: "open" }]);
    const detail = await getAlert(oncall(40), { alertId: found[0]?.id ?? "" });
    expect(detail.changes.map(({ kind, ruleId }) => [kind, ruleId])).toEqual([
      ["opened", "node-silent"],
      ["joined", "node-down"],
      ["cleared", "node-silent"],
    ]);
    expect(detail.firings.map(({ ruleId }) => ruleId)).toEqual(["node-down"]);
  });

  test("while nobody watches, a node's alert neither ends nor opens, and says since when nothing is known", async () => {
    await makeNode(db, { name: "sub-1" });
    await makeNode(db, { name: "sub-2" });
    await pass(0, 0, { "sub-1": "down", "sub-2": "up" });
    await db.pool.query("update broker_nodes set state = case name when 'sub-1' then 'up' else 'down' end");
    for (let seconds = 20; seconds < 60; seconds += 5) await evaluate(seconds);
    const open = (await listAlerts(oncall(60), {})).alerts;
    expect(open.map(({ ruleId, label }) => [ruleId, label])).toEqual([
      ["watch-stopped", ""],
      ["node-down", "sub-1"],
    ]);
    expect(open[1]?.firings[0]).toMatchObject({ value: null, noDataSince: at(20).toISOString() });
  });

  test("a moment of the past shows what was open then, also what is over since", async () => {
    await makeNode(db, { name: "sub-1" });
    await makeNode(db, { name: "sub-2" });
    await pass(0, 20, { "sub-1": "down", "sub-2": "up" });
    await pass(25, 60, { "sub-1": "up", "sub-2": "up" });
    await pass(65, 90, { "sub-1": "up", "sub-2": "down" });
    const openAt = async (seconds: number) =>
      (await listAlertsAt(oncall(200), { at: at(seconds) })).map(({ label, status }) => `${label} ${status}`);
    expect(await openAt(-1)).toEqual([]);
    expect(await openAt(15)).toEqual(["sub-1 resolved"]);
    expect(await openAt(55)).toEqual([]);
    expect(await openAt(80)).toEqual(["sub-2 open"]);
  });

  test("of several workers one evaluates, and none twice within a turn", async () => {
    await makeNode(db, { name: "sub-1" });
    await watch(0, { "sub-1": "down" });
    const ran = await Promise.all(Array.from({ length: 5 }, () => evaluate(0)));
    expect(ran.filter((evaluation) => evaluation !== null).length).toBe(1);
    expect((await alerts()).length).toBe(1);
    expect(await evaluate(0.5)).toBeNull();
  });

  test("an evaluation that fails at its end changed nothing: no alert without its notice, no notice twice", async () => {
    await makeChannel(["page"]);
    await makeNode(db, { name: "sub-1" });
    await watch(0, { "sub-1": "down" });
    const ctx = testContext(db, { process: "worker" }, { now: at(0) });
    await expect(
      db.prisma.$transaction(async (tx) => {
        await evaluateRules({ ...ctx, tx }, { leastSeconds: 1, consoleUrl: null });
        throw new Error("the worker died here");
      }),
    ).rejects.toThrow("died");
    expect([await alerts(), await notices()]).toEqual([[], []]);
    await evaluate(0);
    await pass(5, 10, { "sub-1": "down" });
    expect(await notices()).toEqual(["opened"]);
  });

  test("only channels of the severity are told", async () => {
    await makeChannel(["warn"]);
    await openOne();
    expect(await notices()).toEqual([]);
  });

  test("a rule that cannot be read stops none of the others", async () => {
    await db.pool.query("update alert_rules set expression = '{}' where id = 'memory'");
    await openOne();
    expect((await alerts()).length).toBe(1);
    await db.pool.query("delete from alert_rules where id = 'memory'");
    await seedRules(db.pool);
  });

  test("a rule that is switched off ends its alerts, and says why", async () => {
    const alertId = await openOne();
    const rule = (await listRules(oncall(1), {})).find(({ id }) => id === "node-down");
    if (!rule) throw new Error("the shipped rule is not there");
    await saveRule(oncall(1), { ...inputOf(rule), enabled: false });
    await pass(5, 5, { "sub-1": "down" });
    expect(await db.prisma.alert.findUnique({ where: { id: alertId } })).toMatchObject({ resolution: "rule_changed" });
  });
});

const inputOf = ({ id, version, name, runbook, severity, enabled, condition }: RuleInput): RuleInput => ({
  ...(id === undefined ? {} : { id }),
  ...(version === undefined ? {} : { version }),
  name,
  runbook,
  severity,
  enabled,
  condition,
});

describe("an alert's life", () => {
  test("is acknowledged with a note by whoever owns it from then, and that is kept", async () => {
    const alertId = await openOne();
    const ctx = oncall(2);
    await acknowledgeAlert(ctx, { alertId, note: "on it" });
    await acknowledgeAlert(ctx, { alertId, note: "on it" });
    const detail = await getAlert(ctx, { alertId });
    expect(detail).toMatchObject({ status: "acknowledged", ownerName: "Test oncall", note: "on it" });
    expect(detail.changes.map(({ kind }) => kind)).toEqual(["opened", "acknowledged"]);
    const audit = await db.prisma.auditEvent.findMany({ where: { subjectId: alertId } });
    expect(audit[0]).toMatchObject({ action: "alerts.acknowledgeAlert", reason: "on it", actorRole: "oncall" });
    expect((await listAlerts(ctx, { status: "acknowledged" })).alerts.map(({ id }) => id)).toEqual([alertId]);
  });

  test("a snooze ends by itself: the alert is open again and its channels are reminded once", async () => {
    await makeChannel(["page"]);
    const alertId = await openOne();
    await acknowledgeAlert(oncall(1), { alertId });
    await snoozeAlert(oncall(1), { alertId, minutes: 1 });
    expect((await listAlerts(oncall(1), {})).counts).toEqual({ open: 0, acknowledged: 0, snoozed: 1 });
    await pass(5, 60, { "sub-1": "down" });
    expect(await notices()).toEqual(["opened"]);
    await pass(65, 75, { "sub-1": "down" });
    expect(await notices()).toEqual(["opened", "reminded"]);
    expect((await listAlerts(oncall(75), {})).counts).toEqual({ open: 1, acknowledged: 0, snoozed: 0 });
  });

  test("is resolved by hand only when nothing is known of it any more, and then stays so", async () => {
    const alertId = await openOne();
    await expect(resolveAlert(oncall(1), { alertId, note: "gone for good" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await db.pool.query("delete from broker_nodes");
    await evaluate(20);
    await resolveAlert(oncall(21), { alertId, note: "gone for good" });
    await expect(resolveAlert(oncall(22), { alertId, note: "gone for good" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await evaluate(30);
    expect(await alerts()).toMatchObject([{ status: "resolved", resolution: "by_operator" }]);
  });

  test("two who resolve it at once leave one result and two audit rows, one of them refused", async () => {
    const alertId = await openOne();
    await db.pool.query("delete from broker_nodes");
    await evaluate(20);
    const both = [oncall(21), oncall(21)].map((ctx) => resolveAlert(ctx, { alertId, note: "gone for good" }));
    const ends = (await Promise.allSettled(both)).map(({ status }) => status);
    expect(ends.toSorted()).toEqual(["fulfilled", "rejected"]);
    const audit = await db.prisma.auditEvent.findMany({ where: { subjectId: alertId }, orderBy: { id: "asc" } });
    expect(audit.map(({ action, reason, details }) => [action, reason, details])).toEqual([
      ["alerts.resolveAlert", "gone for good", {}],
      ["alerts.resolveAlert", "gone for good", { refused: "CONFLICT" }],
    ]);
    expect(await alerts()).toMatchObject([{ status: "resolved", resolution: "by_operator" }]);
  });

  test("flapping is named, and told less often each time", async () => {
    await makeNode(db, { name: "sub-1" });
    for (let turn = 0; turn < 12; turn += 1) {
      await pass(turn * 30, turn * 30 + 5, { "sub-1": "down" });
      await pass(turn * 30 + 10, turn * 30 + 25, { "sub-1": "up" });
    }
    const found = await alerts();
    expect(found.length).toBe(3);
    expect(found.map(({ flapping }) => flapping)).toEqual([false, false, true]);
  });

  test.each(rolesWithout("alerts.manage"))("%s may change nothing of it", async (role) => {
    const ctx = testContext(db, { role });
    const alertId = randomUUID();
    await expect(acknowledgeAlert(ctx, { alertId })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(snoozeAlert(ctx, { alertId, minutes: 5 })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(resolveAlert(ctx, { alertId, note: "why" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(deleteRule(ctx, { ruleId: "x" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

const OWN_RULE: RuleInput = {
  name: "Too few clients",
  runbook: "Look.",
  severity: "warn",
  enabled: true,
  condition: {
    expression: { metric: "connections", fn: "value", per: "sum" },
    comparison: "atMost",
    threshold: 5,
    clearThreshold: 10,
    forSeconds: 60,
    clearForSeconds: 60,
  },
};

describe("rules", () => {
  test("seeding twice changes nothing, and keeps what operators changed", async () => {
    await db.pool.query("update alert_rules set threshold = 92 where id = 'scheduler-load'");
    await seedRules(db.pool);
    const rules = await listRules(oncall(0), {});
    expect(rules.find(({ id }) => id === "scheduler-load")?.condition.threshold).toBe(92);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  test("a rule of our own is made, changed over the version that was edited, and deleted; each audited", async () => {
    const { ruleId } = await saveRule(oncall(0), OWN_RULE);
    await saveRule(oncall(1), { ...OWN_RULE, id: ruleId, version: 1, severity: "page" });
    await expect(saveRule(oncall(2), { ...OWN_RULE, id: ruleId, version: 1 })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(saveRule(oncall(2), { ...OWN_RULE, name: null })).rejects.toMatchObject({ code: "VALIDATION" });
    await deleteRule(oncall(3), { ruleId });
    await expect(deleteRule(oncall(3), { ruleId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(deleteRule(oncall(3), { ruleId: "node-down" })).rejects.toMatchObject({ code: "VALIDATION" });
    const audit = await db.prisma.auditEvent.findMany({ where: { subjectId: ruleId }, orderBy: { id: "asc" } });
    expect(audit.map(({ action }) => action)).toEqual(["alerts.saveRule", "alerts.saveRule", "alerts.deleteRule"]);
  });

  test("a threshold without hysteresis is refused", async () => {
    const condition = { ...OWN_RULE.condition, clearThreshold: 5 };
    await expect(saveRule(oncall(0), { ...OWN_RULE, condition })).rejects.toMatchObject({ code: "VALIDATION" });
  });

  test("a preview shows when the rule would have been open, and where nothing is known", async () => {
    await makeNode(db, { name: "sub-1" });
    await pass(0, 120, { "sub-1": "up" });
    await pass(125, 300, { "sub-1": "down" });
    await pass(305, 600, { "sub-1": "up" });
    const rule = (await listRules(oncall(0), {})).find(({ id }) => id === "node-down");
    if (!rule) throw new Error("the shipped rule is not there");
    const preview = await previewRule(oncall(660), rule.condition);
    expect(preview).toMatchObject({
      stepSeconds: 60,
      spans: [{ label: "sub-1", from: at(120).getTime(), to: at(420).getTime() }],
    });
    expect(preview.unknown).toEqual([{ from: at(660 - 7 * 86_400).getTime(), to: at(0).getTime() }]);
    const series = await previewRule(oncall(660), {
      ...OWN_RULE.condition,
      expression: { ...OWN_RULE.condition.expression },
    });
    expect([series.spans, series.unknown.length]).toEqual([[], 1]);
  });
});
