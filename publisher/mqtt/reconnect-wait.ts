import type { MqttClient } from "mqtt";

const FIRST_MS = 250;
const MOST_MS = 15_000;

/**
 * Doubling waits with jitter between a client's attempts to connect, so that publishers do not come back to a node all at
 * once. mqtt.js reads `reconnectPeriod` when it begins to wait; `worked` says that the connection has proved useful.
 */
export function spreadReconnects(client: MqttClient): { worked: () => void } {
  let nextMs = FIRST_MS;
  const set = (): void => {
    // "equal jitter": at least half of the wait, so that a dead node is not hammered
    client.options.reconnectPeriod = nextMs / 2 + Math.random() * (nextMs / 2);
  };
  client.on("reconnect", () => {
    nextMs = Math.min(nextMs * 2, MOST_MS);
    set();
  });
  set();
  return {
    worked: () => {
      if (nextMs === FIRST_MS) return;
      nextMs = FIRST_MS;
      set();
    },
  };
}
