import { beforeAll, expect, test } from "vitest";
import { PRESENCE_STATES } from "@/lib/events/schemas";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode } from "@/test/factories";
import { countClients } from "./count-clients";
import { countEach } from "./read-found";
import { SEEN_NAMES, type ClientFilters } from "./search-filters";
import { clientFiltersSchema } from "./search-schemas";

const { db } = await testDatabase();
const HOURS_OLD = [0, 2, 30, 24 * 10, 24 * 40];

/** Two nodes, one of them swept ten minutes ago; on each, clients of every state with proofs of every age, some of them in doubt. */
beforeAll(async () => {
  for (const [index, isSwept] of [true, false].entries()) {
    const node = await makeNode(db, { name: `sub-${index + 1}` });
    await db.pool.query(
      `insert into presence_sweeps (node_id, reason, started_at, finished_at, complete)
       values ($1, 'due', now() - interval '10 minutes', now(), $2), ($1, 'due', now() - interval '2 days', now(), true)`,
      [node.nodeId, isSwept],
    );
    for (const hours of HOURS_OLD)
      for (const rank of [0, 1, 2])
        for (const isDoubted of [true, false]) {
          const { clientKey } = await makeClient(db);
          await db.pool.query(
            `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at)
             values ($1, (extract(epoch from now() - interval '50 days') * 1000000)::bigint * 4 + $2, $3, now(), 'hook', now() - $4::int * interval '1 hour')`,
            [clientKey, rank, node.nodeId, hours],
          );
          if (isDoubted)
            await db.pool.query(
              "insert into presence_doubts (client_key, kind, since, ask_at) values ($1, 'early_ending', now(), now())",
              [clientKey],
            );
        }
  }
});

const given: Partial<ClientFilters>[] = [
  {},
  { states: ["online"] },
  { states: ["offline_queued", "offline_gone"] },
  { nodes: ["sub-1"] },
  { nodes: ["sub-2"], states: ["online"] },
  { nodes: ["sub-3"] },
];

test.each(SEEN_NAMES.flatMap((seen) => given.map((filters) => ({ ...filters, seen }))))(
  "clients %o are as many by counters and sweeps as by looking at each",
  async (given) => {
    const ask = { filters: clientFiltersSchema.parse(given), clientIds: null, now: new Date() };
    const each = new Map((await countEach(db.pool, ask)).map(({ state, clients }) => [state, clients]));
    const counts = await countClients(db.pool, ask);
    for (const state of PRESENCE_STATES) expect(counts[state]).toBe(each.get(state) ?? 0);
  },
);
