import mqtt from "mqtt";
import type { Log } from "@/lib/log/log";
import { allEventsFilter } from "@/lib/mqtt/device-topics";
import type { DeviceEventOutcome } from "@/lib/publish/record-device-event";
import type { PublisherNode, ServiceSession } from "../env";
import { spreadReconnects } from "./reconnect-wait";

export interface DeviceEvents {
  /** Why devices are not heard, in words; null while they are. */
  problem: () => string | null;
  close: () => Promise<void>;
}

/**
 * Hears what all devices publish to their events topics, by one persistent QoS 1 session on a connection of its own, so that
 * a slow database holds up neither acknowledgements nor publishes. Each message is acknowledged only after `record` has
 * written it; when that fails the connection is ended, and the broker gives everything not acknowledged again.
 * connecting → subscribing → hearing → (lost) → connecting to the next node. One message at a time, in order: about one
 * commit each; more publishers do not hear faster, as each hears everything.
 */
export function hearDeviceEvents(options: {
  nodes: readonly PublisherNode[];
  session: ServiceSession;
  topicRoot: string;
  log: Log;
  record: (heard: { topicName: string; payload: Buffer }) => Promise<DeviceEventOutcome>;
  onHeard: (outcome: DeviceEventOutcome) => void;
}): DeviceEvents {
  const { session, log } = options;
  let problem: string | null = "connecting";

  const client = mqtt.connect({
    servers: options.nodes.map((node) => serverOf(node.mqttUrl)),
    protocol: "mqtt",
    protocolVersion: 4,
    clientId: `lc-publisher-${session.instance}-events`,
    clean: false,
    username: session.username,
    password: session.password,
    keepalive: 15,
    connectTimeout: 5_000,
    reconnectOnConnackError: true,
    // subscribed again at each connect, so that a broker that lost the session does not leave us deaf
    resubscribe: false,
    queueQoSZero: false,
  });
  const reconnects = spreadReconnects(client);

  // mqtt.js sends the PUBACK when this calls back, and handles no further packet before
  client.handleMessage = (packet, acknowledge) => {
    const heardOn = client.stream;
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    options.record({ topicName: packet.topic, payload }).then(
      (outcome) => {
        reconnects.worked();
        options.onHeard(outcome);
        // on another connection the same packet identifier may be another message's
        return client.stream === heardOn && client.connected ? acknowledge() : undefined;
      },
      (error: unknown) => {
        log.warn({ err: error }, "a device's event could not be written; the broker will give it again");
        heardOn.destroy();
      },
    );
  };
  client.on("connect", () => {
    client.subscribe(allEventsFilter(options.topicRoot), { qos: 1 }, (error) => {
      problem = error ? `subscribing failed: ${error.message}` : null;
      if (error) client.stream.destroy();
      else log.info("hearing devices' events");
    });
  });
  client.on("error", (error) => {
    problem = error.message;
  });
  client.on("close", () => {
    problem ??= "the connection was lost";
  });

  return {
    problem: () => problem,
    close: async () => {
      await client.endAsync();
    },
  };
}

function serverOf(mqttUrl: string): { host: string; port: number; protocol: "mqtt" | "mqtts" } {
  const { protocol, hostname, port } = new URL(mqttUrl);
  const isSecure = protocol === "mqtts:" || protocol === "ssl:";
  return { host: hostname, port: Number(port || (isSecure ? 8883 : 1883)), protocol: isSecure ? "mqtts" : "mqtt" };
}
