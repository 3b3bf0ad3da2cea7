import { cpus, loadavg } from "node:os";
import pg from "pg";
import type { Bench } from "./bench";
import {
  connectBody,
  createIssuer,
  gatewayEnvironment,
  registerBody,
  serve,
  sessionBody,
  type Served,
} from "./gateway/processes";
import { hookRequest, openExchange, quantile } from "./gateway/raw-load";
import { openThrowAwayDatabase } from "./throw-away-database";

const CLIENTS = 200_000;
const NODES = ["n1", "n2", "n3", "n4"] as const;
// The broker's pool keeps 100 a node; a storm fills half of them.
const CONNECTIONS = 200;
const TARGET = { seconds: 45, p99Ms: 60 };

interface Storm {
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  wrong: number;
  gatewayCpuSeconds: number;
}

let cold: Storm | null = null;
let warm: Storm | null = null;

/**
 * The whole fleet through the gateway's HTTP, each client's three hooks one after the other: once as it never came before (tokens to
 * be verified, clients and people to be written), then, the nodes having died without a word, once more as it comes back.
 * That is the storm: a gateway knows the tokens of those who were connected.
 */
export const bench: Bench = {
  claim: `${CLIENTS} clients are back with all their hooks within ${TARGET.seconds} s, p99 under ${TARGET.p99Ms} ms, nothing lost, counters exact`,
  run: async (args) => {
    const at = args.indexOf("--clients");
    const clients = at < 0 ? CLIENTS : Number(args[at + 1]);
    const database = await openThrowAwayDatabase(["shared_buffers=512MB", "max_wal_size=4GB"]);
    const issuer = await createIssuer(database.folder, "ES256");
    const { env, pathOf } = gatewayEnvironment({ databaseUrl: database.url, issuer, nodes: NODES });
    const gateway = await serve("gateway", env);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      const model = cpus()[0]?.model;
      console.log(
        `  ${cpus().length} × ${model}, load ${loadavg()[0]?.toFixed(1)}; ${clients} clients, ${CONNECTIONS} connections; making tokens`,
      );
      const requests = Array.from({ length: clients }, (_, n) =>
        hooksOf({ path: pathOf(NODES[n % NODES.length] ?? "n1"), n, token: issuer.tokenOf(`p-${n}`) }),
      );
      cold = await comeBack(gateway, requests);
      console.log(`  first seen, ES256 tokens: ${said(cold)}`);
      await check(client, { clients, ended: 0 });
      warm = await comeBack(gateway, requests);
      console.log(`  back: ${said(warm)}`);
      await check(client, { clients, ended: clients });
      return [
        { name: "first seen: clients", perSecond: clients / cold.seconds },
        { name: "back: clients, three hooks each", perSecond: clients / warm.seconds },
      ];
    } finally {
      await client.end();
      await gateway.stop();
      await database.close();
    }
  },
  result: () => ({
    bench: "storm",
    value: Number((warm?.seconds ?? Number.NaN).toFixed(1)),
    unit: "s",
    ratio: null,
    target: TARGET.seconds,
    p50Ms: Number(warm?.p50Ms.toFixed(1)),
    p99Ms: Number(warm?.p99Ms.toFixed(1)),
    p99TargetMs: TARGET.p99Ms,
    firstSeenSeconds: Number(cold?.seconds.toFixed(1)),
    firstSeenP99Ms: Number(cold?.p99Ms.toFixed(1)),
    gatewayCpuSeconds: Number(warm?.gatewayCpuSeconds.toFixed(1)),
    pass: (warm?.seconds ?? Infinity) <= TARGET.seconds && (warm?.p99Ms ?? Infinity) <= TARGET.p99Ms,
  }),
};

const said = (storm: Storm): string =>
  `${storm.seconds.toFixed(1)} s, a hook's p50 ${storm.p50Ms.toFixed(1)} ms and p99 ${storm.p99Ms.toFixed(1)} ms, ` +
  `${storm.gatewayCpuSeconds.toFixed(1)} s of the gateway's processor, ${storm.wrong} answers wrong`;

/** In the broker's order. */
function hooksOf({ path, n, token }: { path: string; n: number; token: string }): readonly Buffer[] {
  return [
    hookRequest({ path, name: "auth_on_register", body: connectBody(`c-${n}`, token) }),
    hookRequest({ path, name: "on_client_wakeup", body: sessionBody(`c-${n}`) }),
    hookRequest({ path, name: "on_register", body: registerBody(`c-${n}`, `p-${n}`) }),
  ];
}

async function comeBack(gateway: Served, clients: readonly (readonly Buffer[])[]): Promise<Storm> {
  const latenciesMs = new Float64Array(clients.length * 3);
  let next = 0;
  let answers = 0;
  let wrong = 0;
  const cpuBefore = await gateway.cpuSeconds();
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    const exchange = await openExchange(gateway.port);
    for (let hooks = clients[next++]; hooks; hooks = clients[next++])
      for (const hook of hooks) {
        const beganAt = performance.now();
        const answer = await exchange.ask(hook);
        latenciesMs[answers] = performance.now() - beganAt;
        answers += 1;
        if (!answer.includes('"result":"ok"')) wrong += 1;
      }
    exchange.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  const seconds = (performance.now() - startedAt) / 1_000;
  const gatewayCpuSeconds = (await gateway.cpuSeconds()) - cpuBefore;
  return { seconds, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99), wrong, gatewayCpuSeconds };
}

/** Waits until what was answered before its commit is written too, then compares: rows, history, and counters with a recount. */
async function check(client: pg.Client, expected: { clients: number; ended: number }): Promise<void> {
  const until = performance.now() + 30_000;
  for (;;) {
    const { rows } = await client.query<{ open: string; ended: string; counted: string; people: string }>(
      `select (select count(*) from presence where ver & 3 = 0 and peer_port = 58992 and cohort is not null) as open,
         (select count(*) from sessions where ending = 'taken_over') as ended,
         (select sum(open) from presence_counts) as counted, (select count(*) from people) as people`,
    );
    const [found] = rows;
    const isWhole =
      Number(found?.open) === expected.clients &&
      Number(found?.counted) === expected.clients &&
      Number(found?.people) === expected.clients &&
      Number(found?.ended) === expected.ended;
    if (isWhole) break;
    if (performance.now() > until) throw new Error(`not whole after the storm: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { rows } = await client.query<{ wrong: string }>(
    "select sum(recount_presence(node_id)) as wrong from broker_nodes",
  );
  if (Number(rows[0]?.wrong) !== 0) throw new Error(`${rows[0]?.wrong} counters were not exact`);
  console.log(`  ${expected.clients} open, ${expected.ended} ended in the history, counters exact`);
}
