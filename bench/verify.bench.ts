import { randomUUID } from "node:crypto";
import { cpus } from "node:os";
import { createVernemq } from "@/lib/broker/vernemq";
import { openDatabase, type Database } from "@/lib/db/database";
import { createLog } from "@/lib/log/log";
import { createAskClient } from "@/lib/presence/ask-client";
import { databaseNowUs } from "@/lib/presence/database-clock";
import { verifyClient } from "@/lib/presence/verify-client";
import { operatorActor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { API_KEY, startTestCluster, type TestCluster } from "@/test/broker/test-cluster";
import { makeClient, makeNode } from "@/test/factories";
import { measure, type Bench, type Measurement } from "./bench";
import { openThrowAwayDatabase } from "./throw-away-database";

const OPERATORS = 100;
const ROUNDS = 8;
const TARGET_MS = 1_000;

/** Verify now by a hundred operators at the same moment, each of another client, beside one alone. */
export const bench: Bench = {
  claim: `${OPERATORS} operators who verify at once each have their answer within ${TARGET_MS} ms at p95`,
  run: async () => {
    const { url, close } = await openThrowAwayDatabase(["fsync=off"]);
    const cluster = await startTestCluster({ nodes: 3 });
    try {
      // As many connections as the console has.
      const db = openDatabase({ url, connections: 10, applicationName: "bench" });
      try {
        console.log(
          `  ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores; broker, database and verbs on it`,
        );
        return await run(db, cluster);
      } finally {
        await db.close();
      }
    } finally {
      await cluster.close();
      await close();
    }
  },
  result: (measurements) => {
    const [alone, together] = measurements;
    const value = 1_000 / (together?.perSecond ?? Number.NaN);
    return {
      bench: "verify",
      value: Math.round(value),
      unit: "ms at p95",
      ratio: Math.round((alone?.perSecond ?? Number.NaN) / (together?.perSecond ?? Number.NaN)),
      target: TARGET_MS,
      pass: value <= TARGET_MS,
    };
  },
};

async function run(db: Database, cluster: TestCluster): Promise<Measurement[]> {
  const nodes = (["n1", "n2"] as const).map((name) => ({
    name,
    adminUrl: `http://127.0.0.1:${cluster.node(name).httpPort}`,
  }));
  for (const { name } of nodes) await makeNode(db, { name });
  const log = createLog("bench", "silent");
  const ask = createAskClient({
    broker: createVernemq({ apiKey: API_KEY }),
    nodes,
    databaseNowUs: databaseNowUs(db.pool),
    nowMs: () => performance.now(),
    log,
  });
  const operators: { ctx: Context; clientId: string }[] = [];
  for (let n = 0; n < OPERATORS; n += 1) {
    const { clientId } = await makeClient(db);
    await cluster.connect(n % 2 ? "n1" : "n2", { clientId, username: "t" });
    const actor = operatorActor({ id: randomUUID(), name: `Operator ${n}`, role: "support" });
    operators.push({
      clientId,
      ctx: { actor, db, log, now: () => new Date(), requestId: randomUUID(), fromAddress: null },
    });
  }
  const [first] = operators;
  if (!first) throw new Error("there is no operator");
  const alone = await measure("one operator alone", () => verifyClient(ask)(first.ctx, first), 2);
  const times: number[] = [];
  let silent = 0;
  for (let round = 0; round < ROUNDS; round += 1)
    await Promise.all(
      operators.map(async ({ ctx, clientId }) => {
        const began = performance.now();
        const { outcome } = await verifyClient(ask)(ctx, { clientId });
        times.push(performance.now() - began);
        if (outcome === "no_answer") silent += 1;
      }),
    );
  const p95 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
  console.log(`  ${times.length} answers, of which ${silent} said that the broker gave none`);
  return [alone, { name: `${OPERATORS} at once, p95`, perSecond: 1_000 / p95 }];
}
