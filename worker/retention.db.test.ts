import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { testContext } from "@/test/factories";
import { testObjectStore } from "@/test/object-store";
import { retentionTasks } from "./retention";

const { db } = await testDatabase();
const { store } = await testObjectStore();
const NOW = new Date("2026-11-20T10:00:00Z");
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);

async function makeAlert(label: string, resolvedAt: Date | null): Promise<void> {
  await db.prisma.alert.create({
    data: {
      groupKey: label,
      ruleId: "node-down",
      label,
      severity: "page",
      status: resolvedAt ? "resolved" : "open",
      openedAt: daysAgo(500),
      resolvedAt,
      changes: { create: { kind: "opened" } },
    },
  });
}

test("alerts that were over long ago go with their changes; open ones stay, however old", async () => {
  await makeAlert("over long ago", daysAgo(401));
  await makeAlert("over lately", daysAgo(399));
  await makeAlert("open since long ago", null);
  const daily = retentionTasks({
    context: () => testContext(db, undefined, { now: NOW }),
    store,
    keepLogsDays: 30,
    keepMessagesDays: 30,
    keepSessionsDays: 400,
  })["retention:daily"];
  await daily?.({ payload: {}, isLastAttempt: false });
  const kept = await db.prisma.alert.findMany({ include: { changes: true }, orderBy: { label: "asc" } });
  expect(kept.map(({ label, changes }) => `${label}: ${changes.length}`)).toEqual([
    "open since long ago: 1",
    "over lately: 1",
  ]);
  expect(await db.prisma.alertChange.count()).toBe(2);
});
