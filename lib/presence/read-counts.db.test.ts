import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { openPool } from "@/lib/db/database";
import { inTransaction } from "@/lib/rbac/context";
import { testDatabase } from "@/test/database";
import { makeNode, rolesWithout, testContext } from "@/test/factories";
import { applyAnswer } from "./apply-answer";
import { clientKeyOf } from "./client-key";
import { cohortOf } from "./cohort";
import { EFFECTIVE_STATE, PRESENCE_JOIN } from "./effective-state";
import { emptyFold, foldEvent, type PresenceEvent } from "./fold-events";
import { readCounts, recountPresence } from "./read-counts";
import { writePresence } from "./write-presence";
import { writeSignIns } from "./write-sign-ins";

const { db, url } = await testDatabase();
const ctx = testContext(db, { role: "oncall" });
const BOOT = new Date(Date.now() - 3_600_000);
const START = BOOT.getTime() * 1_000 + 60_000_000;
const CLIENTS = Array.from({ length: 12 }, (_, n) => {
  const of = { platform: n % 2 ? "ios" : "android", appVersion: `12.${n % 3}`, cleanSession: n % 4 === 0 };
  return { clientId: `count-${n}`, ...of, cohort: cohortOf(of) };
});
const NODES = ["sub-1", "sub-2"];

const writers = ["gw-1", "gw-2"].map((name) =>
  openPool({ url, connections: 1, applicationName: "test", settings: { "liveconnect.writer": name } }),
);

beforeAll(async () => {
  for (const name of NODES) await makeNode(db, { name, bootedAt: BOOT });
  await writeSignIns(
    db.pool,
    CLIENTS.map(({ clientId, platform, appVersion, cleanSession }) => ({
      clientId,
      personId: `p-${clientId}`,
      name: null,
      phoneNumber: null,
      platform,
      appVersion,
      deviceModel: null,
      cleanSession,
      tokenHash: "",
      tokenId: null,
    })),
  );
  return () => Promise.all(writers.map((pool) => pool.end()));
});

/** The counters' figures, and the same counted row by row. */
async function bothCounts() {
  const { states, nodes, cohorts } = await readCounts(ctx, {});
  const { rows } = await db.pool.query<{ node: string; platform: string; version: string; state: string; n: number }>(
    `select n.name as node, c.platform, c.app_version as version, ${EFFECTIVE_STATE} as state, count(*) as n from ${PRESENCE_JOIN} group by 1, 2, 3, 4`,
  );
  const countBy = (of: (row: (typeof rows)[number]) => string) => {
    const counts: Record<string, number> = {};
    for (const row of rows) counts[of(row)] = (counts[of(row)] ?? 0) + row.n;
    return counts;
  };
  const told = (entries: readonly [string, Record<string, number | string | null>][]) =>
    Object.fromEntries(
      entries.flatMap(([key, counts]) =>
        Object.entries(counts).flatMap(([state, n]) =>
          typeof n === "number" && n !== 0 ? [[`${key}${state}`, n]] : [],
        ),
      ),
    );
  return {
    counters: {
      states: told([["", states]]),
      nodes: told(nodes.map(({ node, ...counts }) => [`${node} `, counts])),
      cohorts: told(cohorts.map(({ platform, appVersion, ...counts }) => [`${platform} ${appVersion} `, counts])),
    },
    rows: {
      states: countBy((row) => row.state),
      nodes: countBy((row) => `${row.node} ${row.state}`),
      cohorts: countBy((row) => `${row.platform} ${row.version} ${row.state}`),
    },
  };
}

async function expectExact(): Promise<void> {
  const { counters, rows } = await bothCounts();
  expect(counters).toEqual(rows);
}

const eventOf = ({ client, node, at, what }: Step): PresenceEvent => {
  const known = CLIENTS[client];
  if (!known) throw new Error("no such client");
  const seen = { clientId: known.clientId, node: NODES[node] ?? "sub-1", atUs: START + at * 1_000 };
  if (what === "opened") return { kind: "opened", ...seen, peer: null, cohort: known.cohort };
  if (what === "confirmed") return { kind: "confirmed", ...seen, peer: { address: "203.0.113.1", port: at } };
  return { kind: "ended", ...seen, rank: what === "queued" ? 1 : 2 };
};

interface Step {
  client: number;
  node: number;
  at: number;
  what: "opened" | "confirmed" | "queued" | "gone";
}

const steps = fc.array(
  fc.record({
    client: fc.nat(CLIENTS.length - 1),
    node: fc.nat(1),
    at: fc.nat(100_000),
    what: fc.constantFrom("opened", "opened", "confirmed", "queued", "gone") as fc.Arbitrary<Step["what"]>,
  }),
  { minLength: 1, maxLength: 60 },
);

const write = (writer: number, batch: readonly Step[]) => {
  const folds = new Map(CLIENTS.map(({ clientId }) => [clientId, emptyFold(clientId)]));
  for (const event of batch.map(eventOf))
    folds.set(event.clientId, foldEvent(folds.get(event.clientId) ?? emptyFold(event.clientId), event));
  const [pool] = writers.slice(writer);
  return pool ? writePresence(pool, [...folds.values()]) : 0;
};

describe("the counters of presence", () => {
  it("are what counting every row gives, whatever order, repetition and gateway the hooks came by", async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, fc.boolean(), async (one, two, again) => {
        await Promise.all([write(0, one), write(1, two)]);
        if (again) await Promise.all([write(1, one.toReversed()), write(0, two)]);
        await expectExact();
      }),
      { numRuns: 40 },
    );
  });

  it("follow a correction, and a client that is removed", async () => {
    const { clientId } = CLIENTS[0] ?? { clientId: "" };
    await write(0, [{ client: 0, node: 0, at: 200_000, what: "opened" }]);
    const askedUs = Date.now() * 1_000;
    const worker = testContext(db, { process: "worker" });
    const { outcome } = await inTransaction(worker, (tx) =>
      applyAnswer(tx, { clientId, answer: { status: "absent", askedUs, tookMs: 1 } }),
    );
    expect(outcome).toBe("corrected");
    await expectExact();
    await db.pool.query("delete from presence where client_key = $1", [clientKeyOf(clientId)]);
    await expectExact();
  });

  it("turn to unknown with the node, and to ended with its boot, by the node's row alone", async () => {
    await write(
      0,
      CLIENTS.map((_, client) => ({ client, node: client % 2, at: 300_000, what: "opened" as const })),
    );
    expect((await readCounts(ctx, {})).states).toMatchObject({ online: 12, unknown: 0 });
    await db.pool.query("update broker_nodes set state = 'silent' where name = 'sub-1'");
    expect((await readCounts(ctx, {})).states).toMatchObject({ online: 6, unknown: 6 });
    await expectExact();
    await db.pool.query("update broker_nodes set state = 'up', booted_at = now() where name = 'sub-1'");
    expect((await readCounts(ctx, {})).states).toMatchObject({ online: 6, unknown: 0 });
    await expectExact();
    // Of the new life, from before it was noticed.
    await db.pool.query("update broker_nodes set booted_at = booted_at - interval '3200 seconds' where name = 'sub-1'");
    await expectExact();
    await write(
      1,
      CLIENTS.map((_, client) => ({ client, node: 0, at: 1_000_000, what: "opened" as const })),
    );
    await expectExact();
  });

  it("are mended by a recount, which finds nothing when they are right", async () => {
    await db.pool.query("update presence_counts set open = open + 7 where writer = 'gw-1'");
    expect(await recountPresence(db.pool, "sub-1")).toBeGreaterThan(0);
    await recountPresence(db.pool, "sub-2");
    await expectExact();
    expect(await recountPresence(db.pool, "sub-1")).toBe(0);
  });

  it.each(rolesWithout("presence.read"))("are not for the role %s", async (role) => {
    await expect(readCounts(testContext(db, { role }), {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
