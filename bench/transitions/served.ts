// The batches of a gateway in a process of its own, as in production; says how many changes it has written when asked.
import { openPool } from "@/lib/db/database";
import { emptyFold, foldEvent, type FoldedClient, type PresenceEvent } from "@/lib/presence/fold-events";
import { RANK } from "@/lib/presence/version";
import { WRITE_SETTINGS, writePresence } from "@/lib/presence/write-presence";
import { BENCH_NODES, benchClient, chanceOf } from "../dataset-rows";

// A gateway's batches at this rate: one leaves when the former's commit returns.
const BATCH_EVERY_MS = 20;

const [url = "", clients = 0, perSecond = 0] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const pool = openPool({ url, connections: 1, applicationName: "bench-transitions", settings: WRITE_SETTINGS });
const startedAt = performance.now();
let [due, made, written] = [0, 0, 0];

process.on("message", () => process.send?.(written));
process.on("disconnect", () => process.exit());
process.send?.("ready");
for (;;) {
  const behind = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) - due;
  if (behind <= 0) {
    await new Promise((resolve) => setTimeout(resolve, BATCH_EVERY_MS));
    continue;
  }
  // Bounded, so that a machine that is too slow shows as a rate, not as one huge batch.
  const size = Math.min(behind, perSecond / 10);
  due += behind;
  await writePresence(pool, batch(size));
  written += size;
}

function batch(size: number): FoldedClient[] {
  const changes = Array.from({ length: size }, () => {
    made += 1;
    return changeOf(benchClient(Math.floor(chanceOf(made, 200) * clients)).clientId, made);
  });
  return [...new Map(changes.map((change) => [change.clientId, change])).values()];
}

/** A connect, or every other time the ending of what is open. */
function changeOf(clientId: string, counter: number): FoldedClient {
  const atUs = Date.now() * 1_000;
  const nodes = counter % 2 === 0 ? [nodeAt(counter)] : BENCH_NODES;
  const events = nodes.map((node): PresenceEvent =>
    counter % 2 === 0
      ? { kind: "opened", clientId, node, atUs, peer: { address: "203.0.113.9", port: 40_000 } }
      : { kind: "ended", clientId, node, atUs, rank: RANK.queued },
  );
  return events.reduce(foldEvent, emptyFold(clientId));
}

function nodeAt(counter: number): string {
  return BENCH_NODES[counter % BENCH_NODES.length] ?? BENCH_NODES[0];
}
