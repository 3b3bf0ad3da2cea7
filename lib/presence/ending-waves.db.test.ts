import { expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeNode } from "@/test/factories";
import { countEndings, isWave, readWaves } from "./ending-waves";

const { db } = await testDatabase();
const [one, other] = [await makeNode(db, { name: "sub-1" }), await makeNode(db, { name: "sub-2" })];
const NOON = Date.UTC(2026, 10, 20, 12);
const minute = (n: number) => NOON + n * 60_000;
const endings = (nodeId: number, n: number, count: number) =>
  db.pool.query(
    `insert into sessions (client_key, node_id, started_at, ended_at, ending)
     select gen_random_uuid(), $1, $2::timestamptz - interval '1 hour', $2::timestamptz + i * interval '1 ms', 'gone'
     from generate_series(1, $3::int) i`,
    [nodeId, new Date(minute(n)), count],
  );
const wavesIn = (from: number, to: number) => readWaves(db.pool, { fromMs: minute(from), toMs: minute(to) });

const quiet = Array.from({ length: 60 }, () => 2);

it("a wave is many times the usual minute, and not a few", () => {
  expect(isWave(19, quiet)).toEqual({ wave: false, usual: 2 });
  expect(isWave(20, quiet)).toEqual({ wave: true, usual: 2 });
  const busy = Array.from({ length: 60 }, (_, n) => 1_000 + n);
  expect(isWave(3_000, busy).wave).toBe(false);
  expect(isWave(6_000, busy).wave).toBe(true);
});

it("is none before it is known what is usual", () => {
  expect(isWave(3_000, [])).toEqual({ wave: false, usual: 0 });
  expect(isWave(3_000, quiet.slice(0, 9))).toEqual({ wave: false, usual: 0 });
});

it("is found where it was and everywhere together, once however often it is counted", async () => {
  for (let n = 0; n < 30; n += 3) {
    await endings(one.nodeId, n, 3);
    await countEndings(db.pool, new Date(minute(n + 3)));
  }
  await endings(one.nodeId, 30, 200);
  await endings(other.nodeId, 30, 5);
  for (const seconds of [61, 75, 119]) await countEndings(db.pool, new Date(minute(30) + seconds * 1_000));
  expect(await wavesIn(0, 29)).toEqual([]);
  const waves = await wavesIn(30, 30);
  expect(waves).toHaveLength(2);
  expect(waves).toContainEqual(expect.objectContaining({ node: "sub-1", endings: 200, minuteMs: minute(30) }));
  expect(waves).toContainEqual(expect.objectContaining({ node: null, endings: 205 }));
});

it("counts endings that were written late", async () => {
  await endings(one.nodeId, 33, 15);
  await countEndings(db.pool, new Date(minute(34)));
  expect(await wavesIn(33, 33)).toEqual([]);
  await endings(one.nodeId, 33, 400);
  await countEndings(db.pool, new Date(minute(35)));
  expect((await wavesIn(33, 33)).map((wave) => wave.endings)).toEqual([415, 415]);
});
