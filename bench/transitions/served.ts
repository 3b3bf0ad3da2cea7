// What a gateway writes, by its own buffer in a process of its own, as in production; says how many changes it has written when asked.
import { openPool } from "@/lib/db/database";
import { createLog } from "@/lib/log/log";
import type { PresenceEvent } from "@/lib/presence/fold-events";
import { createPresenceBuffer } from "@/lib/presence/presence-buffer";
import { RANK } from "@/lib/presence/version";
import { WRITE_SETTINGS, writePresence } from "@/lib/presence/write-presence";
import { BENCH_NODES, benchClient, chanceOf } from "../dataset-rows";

const [url = "", clients = 0, perSecond = 0] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const pool = openPool({ url, connections: 1, applicationName: "bench-transitions", settings: WRITE_SETTINGS });
const buffer = createPresenceBuffer({
  log: createLog("bench", "error"),
  nowMs: () => performance.now(),
  write: ({ clients: batch }) => writePresence(pool, batch),
});
const startedAt = performance.now();
let made = 0;

process.on("message", () => process.send?.(buffer.stats().written));
process.on("disconnect", () => process.exit());
process.send?.("ready");
for (;;) {
  const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
  for (; made < due; made += 1) for (const event of changeOf(made)) void buffer.record(event);
  await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A connect, or every other time the ending of what is open, wherever that is. */
function changeOf(counter: number): PresenceEvent[] {
  const { clientId } = benchClient(Math.floor(chanceOf(counter, 200) * clients));
  const atUs = Date.now() * 1_000;
  return counter % 2 === 0
    ? [{ kind: "opened", clientId, node: nodeAt(counter), atUs, peer: { address: "203.0.113.9", port: 40_000 } }]
    : BENCH_NODES.map((node) => ({ kind: "ended", clientId, node, atUs, rank: RANK.queued }));
}

function nodeAt(counter: number): string {
  return BENCH_NODES[counter % BENCH_NODES.length] ?? BENCH_NODES[0];
}
