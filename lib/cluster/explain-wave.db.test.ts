import { describe, expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeNode, testContext } from "@/test/factories";
import { explainWave } from "./explain-wave";
import { listWaveClients } from "./list-wave-clients";

const { db } = await testDatabase();
const ctx = testContext(db, { role: "oncall" });
const T = Date.parse("2026-11-20T10:00:00Z");
const SPAN = { from: new Date(T), to: new Date(T + 60_000) };
for (const name of ["sub-1", "sub-2", "pub-1"]) await makeNode(db, { name });

/**
 * 600 clients connected since an hour before T, evenly over two nodes, two platforms, three app versions, ten networks; those for
 * which `isHit` (SQL over i, the client's number) holds are disconnected at T + 10 s.
 */
async function population(isHit: string): Promise<void> {
  await db.pool.query("truncate clients, presence, sessions, connect_refusals, node_changes cascade");
  await db.pool.query(
    `insert into clients (client_key, client_id, person_id, platform, app_version)
     select md5('/c' || i)::uuid, 'c' || i, 'p' || i, case when i % 2 = 0 then 'android' else 'ios' end,
       case i / 10 % 3 when 0 then '12.1' when 1 then '12.2' else '12.3' end from generate_series(1, 600) i`,
  );
  await db.pool.query(
    `with c as (select i, md5('/c' || i)::uuid as key, (select node_id from broker_nodes where name = case when i / 2 % 2 = 0 then 'sub-1' else 'sub-2' end) as node_id,
         '10.1.' || i % 10 || '.' || i % 250 as peer from generate_series(1, 600) i),
       hit as (insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address)
         select key, node_id, $1::timestamptz - interval '1 hour', $1::timestamptz + interval '10 s' + i * interval '1 ms', 'gone', peer
         from c where ${isHit})
     insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at, peer_address)
     select key, (extract(epoch from $1::timestamptz - interval '1 hour') * 1000000)::bigint * 4 + case when ${isHit} then 2 else 0 end,
       node_id, $1, 'hook', $1, peer from c`,
    [new Date(T)],
  );
}

const disconnects = async (isHit: string) => {
  await population(isHit);
  return explainWave(ctx, { kind: "disconnects", ...SPAN });
};

describe("explainWave", () => {
  it("names the node all of a wave was on, with its share and lift, and none of what everybody has", async () => {
    const { factor, clients, events, sampleShare, populationLookedAt } = await disconnects("i / 2 % 2 = 0");
    expect({ clients, events, sampleShare, populationLookedAt }).toEqual({
      clients: 300,
      events: 300,
      sampleShare: 1,
      populationLookedAt: 600,
    });
    expect(factor).toMatchObject({ dimension: "node", value: "sub-1", share: 1, populationShare: 0.5, lift: 2 });
  });

  it.each([
    ["appVersion", "12.3", "i / 10 % 3 = 2"],
    ["platform", "ios", "i % 2 = 1"],
    ["network", "10.1.7.0/24", "i % 10 = 7"],
  ] as const)("names the %s, though some others were disconnected too", async (dimension, value, isHit) => {
    const { factor } = await disconnects(`(${isHit} or i % 60 = 0)`);
    expect(factor).toMatchObject({ dimension, value });
  });

  it("names nothing when a wave is like everybody", async () => {
    const { factor, groups } = await disconnects("i * 7919 % 100 < 30");
    expect(factor).toBeNull();
    expect(groups.map((group) => group.dimension)).toEqual(["node", "platform", "appVersion", "network", "reason"]);
  });

  it("stands what happened to nodes beside it, and does not call a take-over a disconnect", async () => {
    await population("i % 2 = 0");
    await db.pool.query("update sessions set ending = 'taken_over'");
    await db.pool.query(
      `insert into node_changes (node_id, at, from_state, to_state, evidence)
       select node_id, $1, 'up', 'down', 'refused' from broker_nodes where name = 'sub-2'`,
      [new Date(T - 20_000)],
    );
    const explained = await explainWave(ctx, { kind: "disconnects", ...SPAN });
    expect(explained).toMatchObject({ events: 0, clients: 0, factor: null });
    expect(explained.incidents).toMatchObject([{ node: "sub-2", state: "down" }]);
  });

  it("names the reason of a wave of refusals that was rare before, and clients that never got in count", async () => {
    await population("false");
    await db.pool.query(
      `insert into connect_refusals (client_id, node_id, at, reason, peer_address)
       select 'c' || i, 1, $1::timestamptz + i * interval '10 ms', case when i % 10 = 0 then 'blocked' else 'bad_signature' end, '2001:db8:' || i % 7 || '::1'
       from generate_series(501, 700) i
       union all select 'c' || i, 1, $1::timestamptz - interval '30 min', 'expired', null from generate_series(1, 50) i`,
      [new Date(T)],
    );
    const explained = await explainWave(ctx, { kind: "refusals", ...SPAN });
    expect(explained).toMatchObject({
      clients: 200,
      factor: { dimension: "reason", value: "bad_signature", share: 0.9 },
    });
    const networks = explained.groups.find((group) => group.dimension === "network");
    expect(networks?.values[0]?.value).toMatch(/^2001:db8:(\d:)?:\/48$/);
  });

  it("looks at a fair sample of a large wave and says so", async () => {
    await population("i / 2 % 2 = 0");
    await db.pool.query(
      `insert into sessions (client_key, node_id, started_at, ended_at, ending)
       select md5('/x' || i)::uuid, case when i % 10 = 0 then 2 else 1 end, $1::timestamptz - interval '1 hour', $1::timestamptz + interval '20 s', 'gone'
       from generate_series(1, 60000) i`,
      [new Date(T)],
    );
    const explained = await explainWave(ctx, { kind: "disconnects", ...SPAN });
    expect(explained.events).toBe(60_300);
    expect(explained.sampleShare).toBeCloseTo(20_000 / 60_300, 3);
    expect(Math.abs(explained.clients - 20_000)).toBeLessThan(600);
    expect(explained.groups[0]?.values[0]?.share).toBeCloseTo(0.9, 1);
  });

  it("refuses a span of more than a day, and a role that may not see the cluster", async () => {
    const day = { kind: "refusals" as const, from: new Date(T), to: new Date(T + 86_400_001) };
    await expect(explainWave(ctx, day)).rejects.toMatchObject({ code: "VALIDATION" });
    await expect(
      explainWave(testContext(db, { role: "auditor" }), { kind: "refusals", ...SPAN }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

it("lists the clients behind a wave, or behind one value of it, each once over all pages, and says who looked", async () => {
  await population("i % 3 = 0");
  const all = async (of: { dimension?: "node"; value?: string }) => {
    const found: (string | null)[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listWaveClients>> = await listWaveClients(ctx, {
        kind: "disconnects",
        ...SPAN,
        ...of,
        cursor,
        limit: 70,
      });
      found.push(...page.clients.map((client) => client.clientId));
      cursor = page.nextCursor;
    } while (cursor);
    return found;
  };
  const everyone = await all({});
  expect(everyone).toHaveLength(200);
  expect(new Set(everyone).size).toBe(200);
  expect(everyone[0]).toBe("c600");
  expect(await all({ dimension: "node", value: "sub-1" })).toHaveLength(100);
  expect(await db.prisma.auditEvent.count({ where: { action: "cluster.listWaveClients" } })).toBe(5);
});
