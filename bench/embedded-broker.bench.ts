import type { Bench, Measurement } from "./bench";
import { connectClients, dropClients } from "./embedded-broker/connect-load";
import { startBareAedes, startEmbeddedBroker, startReceiver, type BenchedBroker } from "./embedded-broker/processes";
import { median } from "./percentile";

const TARGET_PER_SECOND = 800;
const ROUNDS = 5;
const CLIENTS = 1_500;
const CONCURRENCY = 64;
const IDLE_CLIENTS = 15_000;

/** Bare Aedes and ours in turns, each in a process of its own; medians of the rounds. */
export const bench: Bench = {
  claim: `the embedded broker takes ${TARGET_PER_SECOND} CONNECT/s with four hooks each, and ${IDLE_CLIENTS} idle clients in one process`,
  run: async () => {
    const receiver = await startReceiver();
    const bare = await startBareAedes();
    const ours = await startEmbeddedBroker(receiver.port);
    let fresh: BenchedBroker | null = null;
    try {
      const rates: { bare: number[]; ours: number[] } = { bare: [], ours: [] };
      // The first round warms both up and is not counted.
      for (let round = 0; round <= ROUNDS; round += 1)
        for (const [name, broker] of [
          ["bare", bare],
          ["ours", ours],
        ] as const) {
          const perSecond = await connectRate(broker, `${name}-${round}`);
          if (round > 0) rates[name].push(perSecond);
        }
      const hooks = receiver.calls();
      ours.stop();
      // A process of its own, so that nothing it had before is taken for the clients'.
      fresh = await startEmbeddedBroker(receiver.port);
      const idle = await holdIdle(fresh);
      console.log(
        `  ${Math.round(hooks / (ROUNDS + 1) / CLIENTS)} hooks a connection (its ending is one), ${idle.held} idle clients held, ` +
          `${(idle.bytesPerConnection / 1_024).toFixed(1)} KiB each`,
      );
      return [
        { name: "bare Aedes, CONNECT", perSecond: median(rates.bare) },
        { name: "embedded broker, CONNECT", perSecond: median(rates.ours) },
        { name: "idle connections, opened", perSecond: idle.perSecond },
      ];
    } finally {
      bare.stop();
      ours.stop();
      fresh?.stop();
      receiver.close();
    }
  },
  result: ([bare, ours]: readonly Measurement[]) => ({
    bench: "embedded-broker",
    value: Math.round(ours?.perSecond ?? 0),
    unit: "CONNECT/s",
    ratio: Number(((ours?.perSecond ?? 0) / (bare?.perSecond ?? Number.NaN)).toFixed(3)),
    ratioTo: "bare Aedes",
    target: TARGET_PER_SECOND,
    pass: (ours?.perSecond ?? 0) >= TARGET_PER_SECOND,
  }),
};

async function connectRate({ ports }: BenchedBroker, prefix: string): Promise<number> {
  const startedAt = performance.now();
  const sockets = await connectClients({ ports, clients: CLIENTS, concurrency: CONCURRENCY, prefix });
  const perSecond = (CLIENTS * 1_000) / (performance.now() - startedAt);
  await dropClients(sockets);
  return perSecond;
}

/** Opens the idle clients and says what one costs in resident memory. */
async function holdIdle(broker: BenchedBroker) {
  const before = await broker.memoryBytes();
  const startedAt = performance.now();
  const { ports } = broker;
  const sockets = await connectClients({ ports, clients: IDLE_CLIENTS, concurrency: CONCURRENCY, prefix: "idle" });
  const perSecond = (IDLE_CLIENTS * 1_000) / (performance.now() - startedAt);
  const bytesPerConnection = ((await broker.memoryBytes()) - before) / IDLE_CLIENTS;
  const held = sockets.filter(({ destroyed }) => !destroyed).length;
  await dropClients(sockets);
  return { perSecond, bytesPerConnection, held };
}
