import { expect, it } from "vitest";
import type { NodeIncident } from "@/lib/cluster/node-incidents";
import type { EndingWave } from "@/lib/presence/ending-waves";
import { ourFault, type Ending } from "./our-fault";

const NOON = Date.UTC(2026, 10, 20, 12);
const minute = (n: number) => NOON + n * 60_000;
const iso = (n: number) => new Date(minute(n)).toISOString();
const ending = (given: Partial<Ending> = {}): Ending => ({
  node: "sub-1",
  startedMs: minute(-60),
  endedMs: minute(1),
  reason: null,
  ...given,
});
const lost = (given: Partial<NodeIncident> = {}): NodeIncident => ({
  node: "sub-1",
  kind: "lost",
  fromMs: minute(0) - 4_000,
  noticedMs: minute(0),
  toMs: minute(5),
  ...given,
});
const wave = (given: Partial<EndingWave> = {}): EndingWave => ({
  node: "sub-1",
  minuteMs: minute(1),
  endings: 400,
  usual: 3,
  ...given,
});
const blame = (given: Partial<Ending>, incidents: NodeIncident[] = [], waves: EndingWave[] = []) =>
  ourFault(ending(given), { incidents, waves });

it("an ending while its node did not serve is ours, also one noticed only when the phone came back elsewhere", () => {
  expect(blame({}, [lost()])).toEqual({ kind: "node_lost", node: "sub-1", at: iso(0), until: iso(5) });
  expect(blame({ endedMs: minute(6) }, [lost()])?.kind).toBe("node_lost");
  expect(blame({ endedMs: minute(60) }, [lost({ toMs: null })])).toMatchObject({ until: null });
});

it("an ending long after the node was well again, on another node, or of a session that began later is not", () => {
  expect(blame({ endedMs: minute(30) }, [lost()])).toBeNull();
  expect(blame({ node: "sub-2" }, [lost()])).toBeNull();
  expect(blame({ startedMs: minute(0.5) }, [lost()])).toBeNull();
});

it("a restarted node is named as such", () => {
  const restart = lost({ kind: "restarted", toMs: minute(0) });
  expect(blame({}, [restart])).toEqual({ kind: "node_restarted", node: "sub-1", at: iso(0) });
});

it("an ending in a wave's minute is one of it; the node's own wave says more than one everywhere", () => {
  const everywhere = wave({ node: null, endings: 900 });
  expect(blame({}, [], [everywhere, wave()])).toMatchObject({ kind: "wave", node: "sub-1", endings: 400 });
  expect(blame({ node: "sub-2" }, [], [everywhere, wave()])).toMatchObject({ node: null, endings: 900 });
  expect(blame({ endedMs: minute(2) }, [], [wave()])).toBeNull();
});

it("an incident says more than a wave, and a known reason more than both", () => {
  expect(blame({}, [lost()], [wave()])?.kind).toBe("node_lost");
  expect(blame({ reason: "disconnected" }, [lost()], [wave()])).toBeNull();
  expect(blame({ reason: "node_lost" }, [lost()], [wave()])?.kind).toBe("node_lost");
  expect(blame({ reason: "taken_over" }, [lost()])?.kind).toBe("node_lost");
});
