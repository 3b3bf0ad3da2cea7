import { randomBytes } from "node:crypto";
import pg from "pg";
import { connectBody, createIssuer, gatewayEnvironment, serve, sessionBody } from "./gateway/processes";
import { hookRequest, openExchange, type Exchange } from "./gateway/raw-load";
import { openThrowAwayDatabase } from "./throw-away-database";

/** A gateway with a database of its own, one client to look at, and others to be busy with; all by hooks as the broker posts them. */
export interface BenchFleet {
  databaseUrl: string;
  watched: string;
  isOnline: () => boolean;
  /** Connects the watched client or ends its session; returns when the hook is answered. */
  toggle: () => Promise<void>;
  /** Connects and ends others, so many changes a second; `stop` gives how many there were. */
  changeOthers: (perSecond: number) => { stop: () => Promise<number> };
  close: () => Promise<void>;
}

const NODE = "sub-1";
// Each changes every ten seconds: a busy fleet, none of whom is flapping. Few tokens, so that signing them does not slow the load.
const OTHERS = 20_000;
const TOKENS = 50;
// As many as VerneMQ has to one receiver.
const CONNECTIONS = 100;
const FIRST_PORT = 1_024;
const PORTS = 60_000;

export async function makeBenchFleet(): Promise<BenchFleet> {
  const database = await openThrowAwayDatabase();
  const issuer = await createIssuer(database.folder);
  const { env, pathOf } = gatewayEnvironment({ databaseUrl: database.url, issuer, nodes: [NODE] });
  const gateway = await serve("gateway", env);
  await markUp(database.url);
  const watched = `and-${randomBytes(4).toString("hex")}`;
  const online = new Set<string>();
  let connects = 0;
  const tokens = Array.from({ length: TOKENS }, (_, n) => issuer.tokenOf(`p-${n}`));

  const hook = (exchange: Exchange, name: string, body: object) =>
    exchange.ask(hookRequest({ path: pathOf(NODE), name, body }));
  const change = async (exchange: Exchange, clientId: string, token = tokens[0]): Promise<void> => {
    if (online.delete(clientId)) {
      await hook(exchange, "on_client_offline", sessionBody(clientId));
      return;
    }
    online.add(clientId);
    // Each from a port of its own, as TCP gives it: from the same one it would be the same connect, told again.
    connects += 1;
    await hook(exchange, "auth_on_register", connectBody(clientId, token ?? "", FIRST_PORT + (connects % PORTS)));
    await hook(exchange, "on_client_wakeup", sessionBody(clientId));
  };
  const toggle = async (): Promise<void> => {
    // One of its own each time: the gateway closes what is idle.
    const exchange = await openExchange(gateway.port);
    await change(exchange, watched);
    exchange.close();
  };
  await toggle();

  return {
    databaseUrl: database.url,
    watched,
    isOnline: () => online.has(watched),
    toggle,
    changeOthers: (perSecond) => {
      const stopping = new AbortController();
      const startedAt = performance.now();
      let changes = 0;
      const work = async (): Promise<void> => {
        const exchange = await openExchange(gateway.port);
        while (!stopping.signal.aborted) {
          const isDue = changes < ((performance.now() - startedAt) / 1_000) * perSecond;
          if (!isDue) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            continue;
          }
          changes += 1;
          await change(exchange, `other-${changes % OTHERS}`, tokens[changes % TOKENS]);
        }
        exchange.close();
      };
      const working = Promise.all(Array.from({ length: CONNECTIONS }, work));
      return {
        stop: async () => {
          const seconds = (performance.now() - startedAt) / 1_000;
          stopping.abort();
          await working;
          return changes / seconds;
        },
      };
    },
    close: async () => {
      await gateway.stop();
      await database.close();
    },
  };
}

// Nobody watches the node here, as there is none.
async function markUp(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `insert into broker_nodes (name, role, state, booted_at) values ($1, 'subscriber', 'up', now() - interval '1 hour')
     on conflict (name) do update set state = 'up', booted_at = excluded.booted_at`,
    [NODE],
  );
  await client.end();
}
