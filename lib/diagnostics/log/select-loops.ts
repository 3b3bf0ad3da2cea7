import { z } from "zod";
import { FAILED_SQL } from "./log-conditions";
import type { AskLog } from "./ask-log";
import { findLoops, type LogLoop, type LoopCall } from "./loops";
import { REFRESH_PATTERN } from "./refresh";

// A page is in memory at once, and each costs a pass over the file. A guess to revisit.
const PAGE_CALLS = 250_000;

/** Reads a log's loops. The first time it costs a pass over the file; a process's reader remembers them (`log-reader.ts`). */
export const selectLoops = (ask: AskLog): Promise<LogLoop[]> => findLoops(candidates(ask));

async function* candidates(ask: AskLog): AsyncGenerator<LoopCall[]> {
  for (let after = 0; ;) {
    const [page] = pageSchema.parse(await ask(CANDIDATES_SQL, { after }));
    const calls = page ? callsSchema.parse(JSON.parse(page.calls)) : [];
    yield calls;
    const last = calls.at(-1);
    if (!last || calls.length < PAGE_CALLS) return;
    after = last.n;
  }
}

const callsSchema = z.array(
  z.object({
    n: z.number(),
    atMs: z.number(),
    endpoint: z.string(),
    status: z.number().nullable(),
    isRefresh: z.boolean(),
  }),
);

const pageSchema = z.array(z.object({ calls: z.string() }));

// Measured (bench/log-view.bench.ts): as one text of JSON a page is read in a third of the time that as many rows take. The pattern is looked for in each endpoint once, not in each line.
const CANDIDATES_SQL = `
with refreshes as materialized (
  select endpoint from (select distinct endpoint from read_parquet($file)) where regexp_matches(endpoint, '${REFRESH_PATTERN}', 'i')
)
select coalesce(to_json(list(call)), '[]')::varchar as calls from (
  select n, epoch_ms(t)::double as "atMs", endpoint, status, endpoint in (from refreshes) as "isRefresh"
  from read_parquet($file) where kind = 'call' and n > $after and (${FAILED_SQL} or endpoint in (from refreshes)) limit ${PAGE_CALLS}
) call`;
