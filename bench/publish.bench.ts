import { cpus } from "node:os";
import mqtt, { type MqttClient } from "mqtt";
import type { Pool } from "pg";
import { ensureApiKey, makeApiKey } from "@/lib/access/api-keys";
import { openPool } from "@/lib/db/database";
import type { Bench, Measurement } from "./bench";
import { median } from "./percentile";
import { processorSeconds } from "./processor-time";
import { openThrowAwayDatabase } from "./throw-away-database";
import { postMessages, type Posted } from "./publish/post-messages";
import { reachMany } from "./publish/reach-many";
import { serveBroker, servePublisher } from "./publish/processes";

const ROUNDS = 5;
const MESSAGES = 8_000;
const IN_FLIGHT = 64;
const A_BATCH = 500;
const MANY = 10_000;
const TARGET = { single: 0.5, batch: 0.8, addedMs: 3, manySeconds: 10 };

const PROCESSES = { publisher: "publish/served.mjs", PostgreSQL: "postgres: ", broker: "embedded-broker/main.ts" };

const topicOf = (n: number): string => `halodoc/orders/ORD-${n % 2_000}`;
const payloadOf = (n: number): string =>
  JSON.stringify({ orderId: `ORD-${n % 2_000}`, status: "on_the_way", courier: "GoSend", n });

/**
 * The same messages to the same broker: by mqtt.js, as a service without us would; one a request; 500 a request. Each is measured
 * from its first message until the broker has acknowledged the last. The three take turns; the first round is not counted.
 */
export const bench: Bench = {
  claim: `one message a request reaches ${TARGET.single} of raw mqtt.js at QoS 1, batches ${TARGET.batch}, and adds less than ${TARGET.addedMs} ms`,
  run: async (args) => {
    const messages = sizeOf(args);
    const database = await openThrowAwayDatabase();
    const broker = await serveBroker();
    const pool = openPool({ url: database.url, connections: 2, applicationName: "bench" });
    const key = makeApiKey();
    await ensureApiKey(pool, { name: "bench", key, permissions: ["publish.send", "publish.read"] });
    const publisher = await servePublisher({ databaseUrl: database.url, mqttPort: broker.port });
    const raw = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: "raw",
      clean: false,
      username: "raw",
    });
    try {
      console.log(
        `  ${cpus().length} × ${cpus()[0]?.model}, node ${process.version}; ${messages} messages of ${payloadOf(0).length} bytes, QoS 1, ` +
          `${IN_FLIGHT} in flight, PostgreSQL with durable commits`,
      );
      await untilReady(publisher.port);
      const rates: Record<"raw" | "single" | "batch", number[]> = { raw: [], single: [], batch: [] };
      const post = (perRequest: number): Promise<Posted> =>
        postMessages({
          port: publisher.port,
          key,
          messages,
          perRequest,
          inFlight: perRequest > 1 ? 4 : IN_FLIGHT,
          topicOf,
          payloadOf,
        });
      for (let round = 0; round <= ROUNDS; round += 1) {
        const taken = {
          raw: await rateOf(messages, () => publishRaw(raw, messages)),
          single: await throughPublisher(1),
          batch: await throughPublisher(A_BATCH),
        };
        console.log(
          `  round ${round}: raw ${taken.raw.toFixed(0)}/s, single ${taken.single.toFixed(0)}/s, batch ${taken.batch.toFixed(0)}/s`,
        );
        if (round === 0) continue;
        for (const name of ["raw", "single", "batch"] as const) rates[name].push(taken[name]);
      }
      added = await addedLatency();
      manyMs = await reachMany({ pool, publisherPort: publisher.port, mqttPort: broker.port, key, clients: MANY });
      console.log(`  ${MANY} online clients reached by one send in ${(manyMs / 1_000).toFixed(1)} s`);
      console.log(
        `  one at a time until it arrives: raw ${added.rawMs.toFixed(2)} ms, by the API ${added.apiMs.toFixed(2)} ms (medians)`,
      );
      return [
        { name: "raw mqtt.js", perSecond: median(rates.raw) },
        { name: "one message a request", perSecond: median(rates.single) },
        { name: `${A_BATCH} messages a request`, perSecond: median(rates.batch) },
      ];

      async function throughPublisher(perRequest: number): Promise<number> {
        const before = processorSeconds(PROCESSES);
        const perSecond = await rateOf(messages, async () => {
          const { wrong } = await post(perRequest);
          if (wrong > 0) throw new Error(`${wrong} requests were refused`);
          await untilAcknowledged(pool);
        });
        const spent = [...processorSeconds(PROCESSES)].map(([name, seconds]) => {
          const microseconds = ((seconds - (before.get(name) ?? 0)) * 1_000_000) / messages;
          return `${name} ${microseconds.toFixed(0)}`;
        });
        console.log(`    µs of processor a message: ${spent.join(", ")}`);
        await pool.query("truncate messages");
        return perSecond;
      }

      async function addedLatency(): Promise<{ rawMs: number; apiMs: number }> {
        const arrivals = await listenFor(broker.port);
        const rawMs: number[] = [];
        const apiMs: number[] = [];
        for (let n = 0; n < 300; n += 1) {
          rawMs.push(await arrivals.after(() => raw.publishAsync(`latency/${n}`, payloadOf(n), { qos: 1 })));
          apiMs.push(
            await arrivals.after(() =>
              postMessages({
                port: publisher.port,
                key,
                messages: 1,
                perRequest: 1,
                inFlight: 1,
                topicOf: () => `latency/${n}`,
                payloadOf,
              }),
            ),
          );
        }
        await arrivals.close();
        return { rawMs: median(rawMs), apiMs: median(apiMs) };
      }
    } finally {
      await raw.endAsync(true);
      await publisher.stop();
      broker.stop();
      await pool.end();
      await database.close();
    }
  },
  result: ([raw, single, batch]: readonly Measurement[]) => {
    const ratio = (single?.perSecond ?? 0) / (raw?.perSecond ?? Number.NaN);
    const batchRatio = (batch?.perSecond ?? 0) / (raw?.perSecond ?? Number.NaN);
    const addedMs = added ? added.apiMs - added.rawMs : Number.NaN;
    return {
      bench: "publish",
      value: Math.round(single?.perSecond ?? 0),
      unit: "messages/s, one a request",
      ratio: Number(ratio.toFixed(3)),
      ratioTo: "raw mqtt.js, the same messages",
      target: TARGET.single,
      batchRatio: Number(batchRatio.toFixed(3)),
      batchTarget: TARGET.batch,
      addedLatencyMs: Number(addedMs.toFixed(2)),
      addedLatencyTargetMs: TARGET.addedMs,
      manySeconds: Number((manyMs / 1_000).toFixed(1)),
      manyTargetSeconds: TARGET.manySeconds,
      pass: ratio >= TARGET.single && batchRatio >= TARGET.batch && addedMs < TARGET.addedMs,
    };
  },
};

let manyMs = Number.NaN;
let added: { rawMs: number; apiMs: number } | null = null;

async function rateOf(messages: number, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (messages * 1_000) / (performance.now() - startedAt);
}

async function publishRaw(client: MqttClient, messages: number): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < messages) {
      const n = next;
      next += 1;
      await client.publishAsync(topicOf(n), payloadOf(n), { qos: 1 });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
}

async function untilAcknowledged(pool: Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query("select from messages where state = 'accepted' limit 1");
    if (rowCount === 0) return;
    // a look costs what is measured
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function untilReady(port: number): Promise<void> {
  for (;;) {
    const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`);
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Tells how long a message takes from the call until a subscriber has it. */
async function listenFor(port: number) {
  const subscriber = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: "listener",
    username: "listener",
  });
  await subscriber.subscribeAsync("latency/#", { qos: 1 });
  let heard = (): void => undefined;
  subscriber.on("message", () => heard());
  return {
    after: async (send: () => Promise<unknown>): Promise<number> => {
      const arrived = new Promise<void>((resolve) => (heard = resolve));
      const startedAt = performance.now();
      const sent = send();
      await arrived;
      const tookMs = performance.now() - startedAt;
      await sent;
      return tookMs;
    },
    close: () => subscriber.endAsync(),
  };
}

function sizeOf(args: readonly string[]): number {
  const at = args.indexOf("--clients");
  return at < 0 ? MESSAGES : Number(args[at + 1]);
}
