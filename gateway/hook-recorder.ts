import { HOOK_LATENCY_BOUNDS_MS, type HookSample } from "@/lib/cluster/hook-samples";

export type HookOutcome = "ok" | "denied" | "failed";

/** What was answered to one hook of one node since the gateway's start. */
export interface HookCounts {
  readonly node: string;
  readonly hook: string;
  readonly outcomes: Record<HookOutcome, number>;
  /** By class of HOOK_LATENCY_BOUNDS_MS, the last one for what took longer. */
  readonly latency: number[];
  sumMs: number;
  readonly refusals: Map<string, number>;
}

/**
 * Counts every answer of the gateway, in memory and without a lookup on the hot path: a hook's handler keeps its `HookCounts` and hands it
 * back. Prometheus reads the sums (`metricsText`), the database gets their rises (`takeSamples`).
 */
export interface HookRecorder {
  /** The counts of one hook of one node; the same object every time. MQTT 5's hooks count with those of 3.1.1. */
  countsOf: (node: string, hook: string) => HookCounts;
  observe: (counts: HookCounts, outcome: HookOutcome, ms: number) => void;
  /** Rises since the call before, for nodes and hooks that had any; and the connects of every node in any case, which say that we were there. */
  takeSamples: () => HookSample[];
  /** Prometheus text: a histogram by hook, node and outcome's counter, and refusals by node and reason. */
  metricsText: () => string;
}

const CONNECT_HOOK = "auth_on_register";

export function createHookRecorder(nodes: readonly string[]): HookRecorder {
  const all = new Map<string, HookCounts>();
  const taken = new Map<string, HookSample>();
  const countsOf = (node: string, name: string): HookCounts => {
    const hook = name.replace(/_m5$/, "");
    const key = `${node}/${hook}`;
    const counts = all.get(key) ?? emptyCounts(node, hook);
    all.set(key, counts);
    return counts;
  };
  for (const node of nodes) countsOf(node, CONNECT_HOOK);
  return {
    countsOf,
    observe: (counts, outcome, ms) => {
      counts.outcomes[outcome] += 1;
      counts.sumMs += ms;
      const place = classOf(ms);
      counts.latency[place] = (counts.latency[place] ?? 0) + 1;
    },
    takeSamples: () =>
      [...all].flatMap(([key, counts]) => {
        const now = sampleOf(counts);
        const rise = riseOf(now, taken.get(key));
        taken.set(key, now);
        return rise.ok + rise.denied + rise.failed > 0 || counts.hook === CONNECT_HOOK ? [rise] : [];
      }),
    metricsText: () => metricsTextOf([...all.values()]),
  };
}

const emptyCounts = (node: string, hook: string): HookCounts => ({
  node,
  hook,
  outcomes: { ok: 0, denied: 0, failed: 0 },
  latency: Array.from({ length: HOOK_LATENCY_BOUNDS_MS.length + 1 }, () => 0),
  sumMs: 0,
  refusals: new Map(),
});

function classOf(ms: number): number {
  let place = 0;
  while (place < HOOK_LATENCY_BOUNDS_MS.length && ms > (HOOK_LATENCY_BOUNDS_MS[place] ?? Infinity)) place += 1;
  return place;
}

const sampleOf = (counts: HookCounts): HookSample => ({
  node: counts.node,
  hook: counts.hook,
  ...counts.outcomes,
  latency: [...counts.latency],
  refusals: Object.fromEntries(counts.refusals),
});

function riseOf(now: HookSample, before: HookSample | undefined): HookSample {
  const refusals = Object.entries(now.refusals ?? {})
    .map(([reason, count]) => [reason, count - (before?.refusals?.[reason] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  return {
    ...now,
    ok: now.ok - (before?.ok ?? 0),
    denied: now.denied - (before?.denied ?? 0),
    failed: now.failed - (before?.failed ?? 0),
    latency: now.latency.map((count, place) => count - (before?.latency[place] ?? 0)),
    refusals: refusals.length > 0 ? Object.fromEntries(refusals) : null,
  };
}

/** The text form of Prometheus 0.0.4; names of nodes, hooks and reasons are ours and need no escape. */
function metricsTextOf(all: readonly HookCounts[]): string {
  const lines = [
    "# HELP liveconnect_hook_seconds Time to answer a webhook of the broker",
    "# TYPE liveconnect_hook_seconds histogram",
  ];
  for (const { node, hook, latency, sumMs } of all) {
    const labels = `hook="${hook}",node="${node}"`;
    let sum = 0;
    for (const [place, count] of latency.entries()) {
      sum += count;
      const bound = HOOK_LATENCY_BOUNDS_MS[place];
      lines.push(
        `liveconnect_hook_seconds_bucket{${labels},le="${bound === undefined ? "+Inf" : bound / 1_000}"} ${sum}`,
      );
    }
    lines.push(
      `liveconnect_hook_seconds_sum{${labels}} ${sumMs / 1_000}`,
      `liveconnect_hook_seconds_count{${labels}} ${sum}`,
    );
  }
  lines.push(
    "# HELP liveconnect_hooks_total Webhooks answered, by outcome; denied is an answer, not a failure",
    "# TYPE liveconnect_hooks_total counter",
  );
  for (const { node, hook, outcomes } of all)
    for (const [outcome, count] of Object.entries(outcomes))
      lines.push(`liveconnect_hooks_total{hook="${hook}",node="${node}",outcome="${outcome}"} ${count}`);
  lines.push(
    "# HELP liveconnect_connects_refused_total Connects refused, by reason",
    "# TYPE liveconnect_connects_refused_total counter",
  );
  for (const { node, refusals } of all)
    for (const [reason, count] of refusals)
      lines.push(`liveconnect_connects_refused_total{node="${node}",reason="${reason}"} ${count}`);
  return `${lines.join("\n")}\n`;
}
