import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { openDatabase, type Database } from "@/lib/db/database";
import { createLog } from "@/lib/log/log";
import { clientKeyOf } from "@/lib/presence/client-key";
import { listSessions } from "@/lib/presence/list-sessions";
import { processActor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { listTimeline } from "@/lib/timeline/list-timeline";
import type { Bench, Measurement } from "./bench";
import { openThrowAwayDatabase } from "./throw-away-database";

const DAYS = 400;
const DAY_MS = 86_400_000;
const BUSY = "busy-client-1";
// A client that comes and goes every half hour, all of the time that is kept.
const SESSIONS_A_DAY = 48;
const ROUNDS = 60;
const TARGET_MS = 100;

const SPANS = { "24 h": 1, "7 d": 7, "30 d": 30, "400 d": DAYS } as const;

/** Any span of one busy client's history among everybody's, beside reading one row by its primary key. */
export const bench: Bench = {
  claim: `the slowest span of a client's timeline and strip over ${DAYS} days of sessions answers within ${TARGET_MS} ms at p95`,
  run: async (args) => {
    const { values } = parseArgs({ args: [...args], options: { clients: { type: "string", default: "1000000" } } });
    const clients = Number(values.clients);
    const { url, close } = await openThrowAwayDatabase(["fsync=off"]);
    try {
      const db = openDatabase({ url, applicationName: "bench" });
      try {
        console.log(`  ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores; ${DAYS} daily partitions`);
        const now = new Date();
        await fill(db, { clients, now });
        return await measureSpans(db, now);
      } finally {
        await db.close();
      }
    } finally {
      await close();
    }
  },
  result: (measurements) => {
    const base = measurements[0]?.perSecond ?? Number.NaN;
    const slowest = measurements.slice(1).toSorted((a, b) => a.perSecond - b.perSecond)[0];
    const value = 1_000 / (slowest?.perSecond ?? Number.NaN);
    return {
      bench: "timeline",
      value: Math.round(value * 10) / 10,
      unit: "ms at p95, the slowest span",
      ratio: Math.round(base / (slowest?.perSecond ?? Number.NaN)),
      target: TARGET_MS,
      pass: value <= TARGET_MS,
      slowest: slowest?.name ?? null,
    };
  },
};

/** A row a client of the last day, and the busy one's every day; each day in its own partition as in production. */
async function fill(db: Database, { clients, now }: { clients: number; now: Date }): Promise<void> {
  const day = (n: number) => new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - n * DAY_MS);
  await db.pool.query("insert into broker_nodes (name, role, state) values ('sub-1', 'subscriber', 'up')");
  for (let n = DAYS; n >= -1; n -= 1)
    await db.pool.query(
      `create table sessions_${day(n).toISOString().slice(0, 10).replaceAll("-", "")} partition of sessions
       for values from ('${day(n).toISOString()}') to ('${day(n - 1).toISOString()}')`,
    );
  const key = clientKeyOf(BUSY);
  await db.pool.query("insert into clients (client_key, client_id, person_id) values ($1, $2, 'p-1')", [key, BUSY]);
  // Everybody's sessions lie around the busy one's, a few thousand a day, and on the last day one a client.
  const perDay = Math.max(1_000, Math.round(clients / DAYS));
  console.log(
    `  ${clients} clients' sessions of a day, ${perDay} of each day before, ${DAYS * SESSIONS_A_DAY} of the busy client`,
  );
  for (let n = DAYS; n >= 0; n -= 1) {
    await db.pool.query(
      `insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address)
       select md5(i::text || $2)::uuid, 1, $1::timestamptz + i * interval '1 s' * 80000 / $3 - interval '20 min',
         $1::timestamptz + i * interval '1 s' * 80000 / $3, 'queued', '203.0.113.7' from generate_series(1, $3::int) i
       union all
       select $4::uuid, 1, $1::timestamptz + i * interval '30 min', $1::timestamptz + i * interval '30 min' + interval '20 min', 'queued',
         '203.0.113.9' from generate_series(0, $5::int - 1) i
         where $1::timestamptz + i * interval '30 min' + interval '20 min' < $6
       order by 4`,
      [day(n), `${n}`, n === 0 ? clients : perDay, key, SESSIONS_A_DAY, now],
    );
    if (n % 100 === 0) console.log(`  ${DAYS - n} of ${DAYS} days written`);
  }
  await db.pool.query("vacuum analyze");
}

async function measureSpans(db: Database, now: Date): Promise<Measurement[]> {
  const ctx: Context = {
    actor: processActor("bench"),
    db,
    log: createLog("bench", "silent"),
    now: () => now,
    requestId: "bench",
    fromAddress: null,
  };
  const key = clientKeyOf(BUSY);
  const works: [string, () => Promise<unknown>][] = [
    ["one row by its primary key", () => db.pool.query("select * from clients where client_key = $1", [key])],
    ...Object.entries(SPANS).flatMap(([name, days]): [string, () => Promise<unknown>][] => {
      const from = new Date(now.getTime() - days * DAY_MS).toISOString();
      return [
        [`strip, ${name}`, () => listSessions(ctx, { clientId: BUSY, from })],
        [`timeline, ${name}`, () => listTimeline(ctx, { clientId: BUSY, from })],
      ];
    }),
    ["timeline, all, no span", () => listTimeline(ctx, { clientId: BUSY })],
  ];
  const times = new Map(works.map(([name]) => [name, [] as number[]]));
  for (const [, work] of works) await work();
  // Interleaved, so that what else the machine does falls on all alike.
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, work] of works) {
      const began = performance.now();
      await work();
      times.get(name)?.push(performance.now() - began);
    }
  return works.map(([name]) => ({ name: `${name}, p95`, perSecond: 1_000 / p95(times.get(name) ?? []) }));
}

const p95 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
