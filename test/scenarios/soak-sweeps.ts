import type { Database } from "@/lib/db/database";
import { RECOVERY_MS } from "./judge-history";
import { pause } from "./scene";

/** Says what each sweep of a node found, once its differences have been asked about. */
export interface SweepReport {
  onFault: (phase: "begins" | "over") => void;
  /** All sweeps said, in one line. */
  summary: () => string;
  closed: Promise<void>;
}

interface SweepRow {
  id: number;
  node: string;
  started_at: Date;
  complete: boolean;
  rows: number;
  differences: number;
  confirmed: number;
}

const POLL_MS = 5_000;
// Doubts are asked about within seconds; what is confirmed of them is counted on the sweep that found them.
const ASKED_AFTER = "15 seconds";

/** Follows the product's own sweeps until the signal. A quiet one began when nothing had been broken for 30 s. */
export function startSweepReport(
  db: Database,
  { signal, say }: { signal: AbortSignal; say: (line: string) => void },
): SweepReport {
  let lastId = 0;
  let brokenSinceMs = 0;
  const faults: { fromMs: number; toMs: number }[] = [];
  const total = { sweeps: 0, quiet: 0, rows: 0, quietRows: 0, confirmed: 0, quietConfirmed: 0, incomplete: 0 };

  const isQuiet = (atMs: number): boolean =>
    faults.every(({ fromMs, toMs }) => atMs < fromMs || atMs > toMs + RECOVERY_MS);
  const take = (row: SweepRow): void => {
    lastId = row.id;
    const quiet = isQuiet(row.started_at.getTime());
    total.sweeps += 1;
    total.rows += row.rows;
    total.confirmed += row.confirmed;
    if (!row.complete) total.incomplete += 1;
    if (quiet) {
      total.quiet += 1;
      total.quietRows += row.rows;
      total.quietConfirmed += row.confirmed;
    }
    const drift = row.rows === 0 ? "–" : ((row.confirmed / row.rows) * 10_000).toFixed(1);
    say(
      `sweep of ${row.node} at ${row.started_at.toISOString().slice(11, 19)}: ${row.rows} rows, ${row.differences} differences, ` +
        `${row.confirmed} confirmed, drift ${drift} in 10 000${row.complete ? "" : ", incomplete"}${quiet ? "" : " (after a fault)"}`,
    );
  };
  const closed = (async () => {
    while (!signal.aborted) {
      const sweeps = await db.pool
        .query<SweepRow>(
          `select s.id, n.name as node, s.started_at, s.complete, s."rows", s.differences, s.confirmed
           from presence_sweeps s join broker_nodes n using (node_id)
           where s.id > $1 and s.finished_at < now() - interval '${ASKED_AFTER}' order by s.id`,
          [lastId],
        )
        // The database may be one of the things that are broken.
        .catch(() => ({ rows: [] }));
      for (const row of sweeps.rows) take(row);
      await pause(POLL_MS, signal);
    }
  })();
  return {
    onFault: (phase) => {
      if (phase === "begins") brokenSinceMs = Date.now();
      else faults.push({ fromMs: brokenSinceMs, toMs: Date.now() });
    },
    summary: () =>
      `${total.sweeps} sweeps (${total.incomplete} incomplete) of ${total.rows} rows confirmed ${total.confirmed} differences; the ${total.quiet} quiet ones ${total.quietConfirmed} of ${total.quietRows}`,
    closed,
  };
}
