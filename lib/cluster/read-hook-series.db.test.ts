import { describe, expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeNode, testContext } from "@/test/factories";
import { listIssuers } from "@/lib/access/list-issuers";
import type { IssuerState } from "@/lib/access/schemas";
import { HOOK_LATENCY_BOUNDS_MS, latencyAt, recordHookSamples, type HookSample } from "./hook-samples";
import { listGateways } from "./list-gateways";
import { readHookSeries } from "./read-hook-series";
import { recordGateway, recordGatewayStop, type GatewayBeat } from "./record-gateway";

const { db } = await testDatabase();
const START = Date.parse("2026-11-22T10:00:00Z");
const classes = (given: Record<number, number>): number[] =>
  Array.from({ length: HOOK_LATENCY_BOUNDS_MS.length + 1 }, (_, place) => given[place] ?? 0);
const sample = (node: string, given: Partial<HookSample> = {}): HookSample => ({
  node,
  hook: "auth_on_register",
  ok: 0,
  denied: 0,
  failed: 0,
  latency: classes({}),
  refusals: null,
  ...given,
});
const beat = (given: Partial<GatewayBeat> = {}): GatewayBeat => ({
  name: "gw-1",
  upMs: 0,
  waiting: 0,
  lagMs: 0,
  droppedStates: 0,
  droppedSessions: 0,
  clockOffsetMs: 0.4,
  eventLoopLagMs: 11,
  issuers: [],
  ...given,
});

describe("hooks over time", () => {
  it("adds gateways up, tells nothing where none was there, and quantiles of what was", async () => {
    const { name: node } = await makeNode(db);
    const [one, two] = [await recordGateway(db.pool, beat()), await recordGateway(db.pool, beat({ name: "gw-2" }))];
    const first = [
      sample(node, { ok: 90, denied: 10, latency: classes({ 2: 100 }), refusals: { expired: 7, bad_signature: 3 } }),
    ];
    await recordHookSamples(db.pool, { gatewayId: one, atMs: START, samples: first });
    await recordHookSamples(db.pool, { gatewayId: one, atMs: START, samples: first });
    await recordHookSamples(db.pool, {
      gatewayId: two,
      atMs: START,
      samples: [sample(node, { ok: 100, latency: classes({ 5: 100 }), refusals: { expired: 1 } })],
    });
    await recordHookSamples(db.pool, { gatewayId: two, atMs: START + 20_000, samples: [sample(node)] });
    const series = await readHookSeries(testContext(db, { role: "oncall" }, { now: new Date(START + 30_000) }), {
      from: new Date(START),
      to: new Date(START + 100_000),
      nodes: [node],
    });
    expect(series.stepSeconds).toBe(10);
    expect(series.at).toEqual([START, START + 10_000, START + 20_000]);
    expect(series.lines).toMatchObject([
      {
        node,
        ok: [19, null, 0],
        denied: [1, null, 0],
        failed: [0, null, 0],
        p50: [1, null, null],
        p99: [9.9, null, null],
      },
    ]);
    expect(series.totals).toMatchObject([{ node, hook: "auth_on_register", ok: 190, denied: 10, failed: 0 }]);
    expect(series.refusals).toEqual([
      { node, reason: "expired", count: 8 },
      { node, reason: "bad_signature", count: 3 },
    ]);
  });

  it("reads a quantile inside its class, and what is beyond the last bound as that bound", () => {
    expect(latencyAt(classes({}), 0.5)).toBeNull();
    expect(latencyAt(classes({ 0: 10 }), 0.5)).toBe(0.125);
    expect(latencyAt(classes({ [HOOK_LATENCY_BOUNDS_MS.length]: 1 }), 0.5)).toBe(5_000);
  });
});

describe("the gateways' rows", () => {
  it("keep one boot over many beats, tell the next one, and whether a silence was meant", async () => {
    const states = async () =>
      (await listGateways(testContext(db, { role: "oncall" }), {})).filter(({ name }) => name === "gw-3");
    const id = await recordGateway(db.pool, beat({ name: "gw-3", upMs: 60_000 }));
    const [before] = await states();
    expect(await recordGateway(db.pool, beat({ name: "gw-3", upMs: 60_100, waiting: 5, lagMs: 900 }))).toBe(id);
    expect(await states()).toMatchObject([{ state: "running", bootedAt: before?.bootedAt, waiting: 5, lagMs: 900 }]);
    await recordGateway(db.pool, beat({ name: "gw-3", upMs: 10 }));
    const [after] = await states();
    expect(Date.parse(after?.bootedAt ?? "") - Date.parse(before?.bootedAt ?? "")).toBeGreaterThan(50_000);
    await recordGatewayStop(db.pool, "gw-3");
    expect(await states()).toMatchObject([{ state: "stopped", waiting: 0 }]);
    await recordGateway(db.pool, beat({ name: "gw-3", upMs: 20 }));
    await db.pool.query("update gateways set seen_at = now() - interval '1 minute' where name = 'gw-3'");
    expect(await states()).toMatchObject([{ state: "lost" }]);
  });

  it("tell of the issuers: what all running gateways counted together, and who of them gets no answer since when", async () => {
    const issuer = (given: Partial<IssuerState> = {}): IssuerState => ({
      name: "id.example",
      audience: "liveconnect",
      algorithms: ["RS256"],
      keys: "url",
      isAsked: false,
      awaySinceMs: null,
      outcomes: { known: 10, verified: 3, stale: 0, refused: 1 },
      ...given,
    });
    const asAdmin = testContext(db, { role: "admin" });
    await db.pool.query("update gateways set stopped_at = now()");
    expect(await listIssuers(asAdmin, {})).toEqual({ gateways: 0, since: null, issuers: [] });
    const awaySinceMs = Date.parse("2026-11-19T14:00:00Z");
    await recordGateway(db.pool, beat({ name: "gw-4", upMs: 60_000, issuers: [issuer()] }));
    await recordGateway(
      db.pool,
      beat({ name: "gw-5", issuers: [issuer({ awaySinceMs }), issuer({ name: "b.example" })] }),
    );
    const told = await listIssuers(asAdmin, {});
    expect(told).toMatchObject({
      gateways: 2,
      issuers: [
        {
          name: "id.example",
          awaySince: "2026-11-19T14:00:00.000Z",
          awayAt: 1,
          outcomes: { known: 20, verified: 6, refused: 2 },
        },
        { name: "b.example", awaySince: null, awayAt: 0 },
      ],
    });
    await expect(listIssuers(testContext(db, { role: "support" }), {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
