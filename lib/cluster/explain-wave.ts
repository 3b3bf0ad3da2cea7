import type pg from "pg";
import { readVerb } from "@/lib/audit/verb";
import {
  explainWaveInput,
  WAVE_DIMENSIONS,
  type NodeState,
  type WaveDimension,
  type WaveExplanation,
  type WaveGroup,
  type WaveKind,
} from "./schemas";
import { countWave, WAVE_COLUMNS, waveEvents, wavePopulation } from "./wave-events";
import { largestFactor, type ValueCount } from "./wave-factor";

// Counting further changes nothing of the sample; a count of a million takes about a quarter of a second.
const MOST_COUNTED = 1_000_000;
// Clients of the wave, and of those it could have hit: a share is then sure to about one in a hundred.
const MOST_CLIENTS = 20_000;
const MOST_VALUES = 20;
// What was usual before: an hour, or as long as the wave.
const LEAST_BEFORE_MS = 3_600_000;
// A node that went away is noticed, and its clients come back, within a minute or so.
const INCIDENT_MARGIN_MS = 60_000;

/**
 * What the clients of a wave of disconnects or refusals have in common: each dimension's values with their share in the wave, in those
 * it could have hit, and how many times more they are (lift), and the largest common factor. A wave of more than about
 * 20 000 clients is looked at by a fair sample of them, which is said. What happened to nodes in the span stands beside it.
 */
export const explainWave = readVerb({
  permission: "cluster.read",
  input: explainWaveInput,
  work: async (ctx, { from, to, kind }): Promise<WaveExplanation> => {
    const { pool } = ctx.db;
    const { rows } = await pool.query<{ events: number }>(countWave(kind), [from, to, MOST_COUNTED]);
    const events = rows[0]?.events ?? 0;
    const sampleShare = Math.min(1, MOST_CLIENTS / Math.max(1, events));
    const beforeMs = Math.max(LEAST_BEFORE_MS, to.getTime() - from.getTime());
    const [wave, population, before, incidents] = await Promise.all([
      countValues(pool, waveOf(kind), [from, to, keyAt(sampleShare)]),
      countValues(pool, wavePopulation(kind), [from, MOST_CLIENTS], PEOPLE_DIMENSIONS),
      countValues(pool, waveOf(kind), [new Date(from.getTime() - beforeMs), from, keyAt(sampleShare)], ["reason"]),
      readIncidents(pool, from, to),
    ]);
    const groups = WAVE_DIMENSIONS.map((dimension) =>
      groupOf(dimension, wave, dimension === "reason" ? before : population),
    );
    return {
      kind,
      from: from.toISOString(),
      to: to.toISOString(),
      events,
      eventsAreAtLeast: events === MOST_COUNTED,
      clients: wave.clients,
      sampleShare,
      populationLookedAt: population.clients,
      groups,
      factor: largestFactor(groups, wave.clients),
      incidents,
    };
  },
});

const PEOPLE_DIMENSIONS = WAVE_DIMENSIONS.filter((dimension) => dimension !== "reason");

/** One row a client, its last, so that one that comes and goes is not many. */
const waveOf = (kind: WaveKind): string =>
  `select distinct on (client_key) * from (${waveEvents(kind, "sampled")}) e order by client_key, at desc`;

/** The key below which that share of all keys lies. */
function keyAt(share: number): string {
  if (share >= 1) return "ffffffff-ffff-ffff-ffff-ffffffffffff";
  return `${Math.floor(share * 2 ** 32)
    .toString(16)
    .padStart(8, "0")}-0000-0000-0000-000000000000`;
}

interface Counted {
  clients: number;
  values: Map<WaveDimension, ValueCount[]>;
}

async function countValues(
  pool: pg.Pool,
  rowsSql: string,
  values: unknown[],
  dimensions: readonly WaveDimension[] = WAVE_DIMENSIONS,
): Promise<Counted> {
  const pairs = dimensions.map((dimension) => `('${dimension}', ${WAVE_COLUMNS[dimension]})`).join(", ");
  const { rows } = await pool.query<{ dimension: WaveDimension | null; value: string | null; clients: number }>(
    `with rows as materialized (${rowsSql})
     select dimension, value, count(*)::int as clients from rows, lateral (values ${pairs}) d (dimension, value) group by 1, 2
     union all select null, null, count(*)::int from rows`,
    values,
  );
  const counted = new Map<WaveDimension, ValueCount[]>();
  for (const { dimension, value, clients } of rows) {
    if (dimension === null) continue;
    counted.set(dimension, [...(counted.get(dimension) ?? []), { value, clients }]);
  }
  return { clients: rows.find((row) => row.dimension === null)?.clients ?? 0, values: counted };
}

function groupOf(dimension: WaveDimension, wave: Counted, population: Counted): WaveGroup {
  const usual = new Map(population.values.get(dimension)?.map(({ value, clients }) => [value, clients]));
  const values = (wave.values.get(dimension) ?? [])
    .toSorted((a, b) => b.clients - a.clients || String(a.value).localeCompare(String(b.value)))
    .map(({ value, clients }) => {
      const share = clients / wave.clients;
      const populationShare = population.clients === 0 ? null : (usual.get(value) ?? 0) / population.clients;
      return { value, clients, share, populationShare, lift: populationShare ? share / populationShare : null };
    });
  return {
    dimension,
    values: values.slice(0, MOST_VALUES),
    otherValues: Math.max(0, values.length - MOST_VALUES),
    otherClients: values.slice(MOST_VALUES).reduce((sum, { clients }) => sum + clients, 0),
  };
}

async function readIncidents(pool: pg.Pool, from: Date, to: Date): Promise<WaveExplanation["incidents"]> {
  const { rows } = await pool.query<{ at: Date; node: string; to_state: NodeState; restarted: boolean }>(
    `select c.at, n.name as node, c.to_state, c.restarted from node_changes c join broker_nodes n using (node_id)
     where c.at >= $1 and c.at < $2 and (c.to_state <> 'up' or c.restarted) order by c.at limit 50`,
    [new Date(from.getTime() - INCIDENT_MARGIN_MS), new Date(to.getTime() + INCIDENT_MARGIN_MS)],
  );
  return rows.map((row) => ({
    at: row.at.toISOString(),
    node: row.node,
    state: row.to_state,
    restarted: row.restarted,
  }));
}
