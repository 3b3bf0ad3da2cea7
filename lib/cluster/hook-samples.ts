import type { Pool } from "pg";

/** How often a gateway writes what it answered. Half the rows of the nodes' own five seconds, on their grid. */
export const HOOK_SAMPLE_SECONDS = 10;

/** Upper bounds, inclusive, in ms, of the classes that `latency` counts; one more class holds what took longer. */
export const HOOK_LATENCY_BOUNDS_MS = [0.25, 0.5, 1, 2.5, 5, 10, 20, 50, 100, 150, 250, 500, 1_000, 5_000] as const;

/** What one gateway answered to one hook of one node since its sample before. MQTT 5's hooks count with those of 3.1.1. */
export interface HookSample {
  node: string;
  hook: string;
  ok: number;
  denied: number;
  failed: number;
  /** Answers by class of HOOK_LATENCY_BOUNDS_MS, not cumulative. */
  latency: readonly number[];
  /** Connects refused by reason; null where none was. */
  refusals: Readonly<Record<string, number>> | null;
}

/** Machine write: one gateway's samples of one tick, `at` in ms of the database's clock. A tick written again is left as it is. */
export async function recordHookSamples(
  pool: Pool,
  { gatewayId, atMs, samples }: { gatewayId: number; atMs: number; samples: readonly HookSample[] },
): Promise<void> {
  if (samples.length === 0) return;
  await pool.query(
    `insert into hook_samples (at, node_id, gateway_id, hook, ok, denied, failed, latency, refusals)
     select to_timestamp($1 / 1000.0), n.node_id, $2, s.hook, s.ok, s.denied, s.failed, s.latency, s.refusals
     from jsonb_to_recordset($3::jsonb) as s(node text, hook text, ok int, denied int, failed int, latency int[], refusals jsonb)
     join broker_nodes n on n.name = s.node
     on conflict do nothing`,
    [atMs, gatewayId, JSON.stringify(samples)],
  );
}

/**
 * The latency in ms that `share` (0 to 1) of the answers did not exceed, by straight lines inside a class; null without answers.
 * What took longer than the last bound is said as that bound.
 */
export function latencyAt(latency: readonly number[], share: number): number | null {
  const total = latency.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = total * share;
  for (const [place, count] of latency.entries()) {
    const upper = HOOK_LATENCY_BOUNDS_MS[place];
    const lower = place === 0 ? 0 : (HOOK_LATENCY_BOUNDS_MS[place - 1] ?? 0);
    if (upper === undefined) return lower;
    if (count >= left && count > 0) return lower + (upper - lower) * (left / count);
    left -= count;
  }
  return HOOK_LATENCY_BOUNDS_MS.at(-1) ?? null;
}
