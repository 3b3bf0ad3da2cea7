import { beforeEach, describe, expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeNode, rolesWithout, testContext } from "@/test/factories";
import { deleteMark } from "./delete-mark";
import { listMarks } from "./list-marks";
import { markCluster } from "./mark-cluster";

const { db } = await testDatabase();
const NOW = new Date("2026-11-20T10:00:00Z");
const oncall = testContext(db, { role: "oncall" }, { now: NOW });
const RANGE = { from: new Date("2026-11-20T09:00:00Z"), to: new Date("2026-11-20T11:00:00Z") };
const audited = async (action: string) => (await db.prisma.auditEvent.findMany({ where: { action } })).length;

beforeEach(async () => {
  await db.pool.query("truncate cluster_marks, node_changes, node_splits");
});

describe("marks", () => {
  it("stand on the charts with who made them, and leave an audit row", async () => {
    const mark = await markCluster(oncall, { kind: "deploy", title: "gateway 2.4.1" });
    expect(mark).toMatchObject({ kind: "deploy", title: "gateway 2.4.1", at: NOW.toISOString(), repeated: false });
    const { marks } = await listMarks(oncall, RANGE);
    expect(marks).toEqual([expect.objectContaining({ id: mark.id, markedBy: oncall.actor.name })]);
    expect(await audited("cluster.markCluster")).toBe(1);
  });

  it("are made once for one idempotency key, which is no other mark's", async () => {
    const service = testContext(db, { permissions: ["cluster.mark"] }, { now: NOW });
    const deploy = { kind: "deploy" as const, title: "api 7", idempotencyKey: "pipeline-7" };
    const first = await markCluster(service, deploy);
    expect(await markCluster(service, deploy)).toEqual({ ...first, repeated: true });
    await expect(markCluster(service, { ...deploy, title: "api 8" })).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await listMarks(oncall, RANGE)).marks).toHaveLength(1);
  });

  it("are refused to roles without the permission, in the future, and without a title", async () => {
    for (const role of rolesWithout("cluster.mark"))
      await expect(markCluster(testContext(db, { role }), { kind: "note", title: "x" })).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
    const late = new Date(NOW.getTime() + 600_000);
    await expect(markCluster(oncall, { kind: "note", title: "x", at: late })).rejects.toMatchObject({
      code: "VALIDATION",
    });
    await expect(markCluster(oncall, { kind: "note", title: "  " })).rejects.toMatchObject({ code: "VALIDATION" });
  });

  it("are taken away once, with what they said kept in the audit", async () => {
    const { id } = await markCluster(oncall, { kind: "note", title: "wrong" });
    for (const role of rolesWithout("cluster.mark"))
      await expect(deleteMark(testContext(db, { role }), { markId: id })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await deleteMark(oncall, { markId: id });
    await expect(deleteMark(oncall, { markId: id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await listMarks(oncall, RANGE)).marks).toEqual([]);
    const [event] = await db.prisma.auditEvent.findMany({ where: { action: "cluster.deleteMark" } });
    expect(event?.details).toMatchObject({ title: "wrong" });
  });

  it("come with what happened to nodes by itself, splits too when they began before", async () => {
    const { nodeId } = await makeNode(db, { name: "sub-1" });
    await db.pool.query(
      `insert into node_changes (node_id, at, from_state, to_state, evidence) values ($1, '2026-11-20T09:30Z', 'up', 'down', 'refused')`,
      [nodeId],
    );
    await db.pool.query(
      `insert into node_splits (node_id, began_at, ended_at, away_from)
       values ($1, '2026-11-20T08:00Z', '2026-11-20T09:10Z', '{sub-2}'), ($1, '2026-11-20T07:00Z', '2026-11-20T07:10Z', '{sub-2}')`,
      [nodeId],
    );
    const { nodeChanges, splits } = await listMarks(oncall, RANGE);
    expect(nodeChanges).toEqual([
      { at: "2026-11-20T09:30:00.000Z", node: "sub-1", from: "up", to: "down", restarted: false },
    ]);
    expect(splits).toEqual([
      { from: "2026-11-20T08:00:00.000Z", until: "2026-11-20T09:10:00.000Z", node: "sub-1", awayFrom: ["sub-2"] },
    ]);
  });
});
