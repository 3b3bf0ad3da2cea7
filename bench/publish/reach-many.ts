import mqtt from "mqtt";
import type { Pool } from "pg";
import { createLiveConnectClient } from "@/clients/typescript/client";

/**
 * How long a send to `clients` online clients takes, from its request until a subscriber of all their inboxes has every one of them, ms. Makes
 * the clients, as online as a stored session can be, and removes them and their messages again.
 */
export async function reachMany(options: {
  pool: Pool;
  publisherPort: number;
  mqttPort: number;
  key: string;
  clients: number;
}): Promise<number> {
  const { pool, clients } = options;
  await makeOnline(pool, clients);
  const subscriber = await mqtt.connectAsync(`mqtt://127.0.0.1:${options.mqttPort}`, {
    clientId: "all-inboxes",
    username: "all-inboxes",
  });
  const reached = new Set<string>();
  const all = new Promise<void>((resolve) => {
    subscriber.on("message", (topicName) => {
      reached.add(topicName);
      if (reached.size === clients) resolve();
    });
  });
  await subscriber.subscribeAsync("lc/v1/clients/+/inbox", { qos: 1 });
  const api = createLiveConnectClient({ baseUrl: `http://127.0.0.1:${options.publisherPort}`, apiKey: options.key });
  const startedAt = performance.now();
  const { data, error } = await api.POST("/v1/messages", {
    body: { to: { clients: { states: ["online"] }, ratePerSecond: 10_000 }, payload: '{"title":"Your order is near"}' },
  });
  if (data?.send?.expected !== clients) throw new Error("The send is not for all of them", { cause: error });
  await all;
  const tookMs = performance.now() - startedAt;
  await subscriber.endAsync();
  await pool.query("truncate sends, messages, presence, presence_counts, clients, broker_nodes cascade");
  return tookMs;
}

async function makeOnline(pool: Pool, clients: number): Promise<void> {
  await pool.query(
    `insert into clients (client_key, client_id, platform, app_version, clean_session)
     select md5('/' || id)::uuid, id, 'android', '12.4.1', false from (select 'bench-' || n as id from generate_series(1, $1::int) n) c`,
    [clients],
  );
  await pool.query(`insert into broker_nodes (name, role, state) values ('sub-1', 'subscriber', 'up')`);
  await pool.query(
    `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at)
     select client_key, (extract(epoch from now()) * 1000000)::bigint * 4, node_id, now(), 'hook', now() from clients, broker_nodes`,
  );
}
