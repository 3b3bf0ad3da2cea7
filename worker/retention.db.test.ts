import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { makeOperator, testContext } from "@/test/factories";
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

const runDaily = () =>
  retentionTasks({
    context: () => testContext(db, undefined, { now: NOW }),
    store,
    keepLogsDays: 30,
    keepMessagesDays: 30,
    keepSessionsDays: 400,
  })["retention:daily"]?.({ payload: {}, isLastAttempt: false });

test("sends go when messages do, with what they said; one under way stays, however old", async () => {
  const makeSend = (name: string, state: string, days: number) =>
    db.pool.query(
      `insert into sends (id, state, source, actor_kind, actor_id, actor_name, request_id, digest, filters, qos, payload, payload_bytes,
         fills, rate_per_second, expected, most, made_at)
       values (gen_random_uuid(), $2, 'api', 'service', 'a', $1, 'r', '', '{}', 1, '', 0, false, 1, 1, 1, $3)`,
      [name, state, daysAgo(days)],
    );
  await makeSend("over long ago", "finished", 31);
  await makeSend("over lately", "finished", 29);
  await makeSend("paused long ago", "paused", 99);
  await runDaily();
  const kept = await db.prisma.send.findMany({ orderBy: { actorName: "asc" } });
  expect(kept.map(({ actorName }) => actorName)).toEqual(["over lately", "paused long ago"]);
});

test("alerts that were over long ago go with their changes; open ones stay, however old", async () => {
  await makeAlert("over long ago", daysAgo(401));
  await makeAlert("over lately", daysAgo(399));
  await makeAlert("open since long ago", null);
  await runDaily();
  const kept = await db.prisma.alert.findMany({ include: { changes: true }, orderBy: { label: "asc" } });
  expect(kept.map(({ label, changes }) => `${label}: ${changes.length}`)).toEqual([
    "open since long ago: 1",
    "over lately: 1",
  ]);
  expect(await db.prisma.alertChange.count()).toBe(2);
});

test("sign-ins of staff go with their unmaskings; an emergency that nobody reviewed stays, however old", async () => {
  const { id: operatorId } = await makeOperator(db);
  const signIn = (device: string, reviewedAt: Date | null) =>
    db.prisma.operatorSession.create({
      data: {
        operatorId,
        method: "password",
        device,
        startedAt: daysAgo(402),
        renewedAt: daysAgo(401),
        unmaskings: {
          create: {
            operatorId,
            kind: "break_glass",
            purpose: "an emergency",
            startedAt: daysAgo(402),
            endsAt: daysAgo(401),
            reviewedAt,
          },
        },
      },
    });
  await signIn("reviewed", daysAgo(400));
  await signIn("not reviewed", null);
  await runDaily();
  const kept = await db.prisma.operatorSession.findMany({ include: { unmaskings: true } });
  expect(kept.map(({ device, unmaskings }) => `${device}: ${unmaskings.length}`)).toEqual(["not reviewed: 1"]);
});
