import { randomBytes } from "node:crypto";
import { freePort } from "@/stack/free-port";
import { REQUEST_NODE_ARGUMENTS } from "@/stack/node-arguments";
import { startEmbeddedBroker, startReceiver } from "../embedded-broker/processes";
import { serveProcess, type ServedProcess } from "../served-process";

/** Starts a publisher against a database and a broker node. */
export async function servePublisher(options: {
  databaseUrl: string;
  mqttPort: number;
}): Promise<ServedProcess & { port: number }> {
  const port = await freePort();
  const served = await serveProcess({
    entry: "publish/served.ts",
    nodeArguments: REQUEST_NODE_ARGUMENTS,
    env: {
      DATABASE_URL: options.databaseUrl,
      SEALING_KEY: randomBytes(32).toString("base64"),
      PUBLISHER_PORT: String(port),
      PUBLISHER_USERNAME: "publisher",
      PUBLISHER_PASSWORD: randomBytes(16).toString("hex"),
      PUBLISHER_INSTANCE: "bench",
      // The rate of a key is not what is measured.
      PUBLISHER_RATE_PER_SECOND: "1000000",
      BROKER_NODES: JSON.stringify([
        {
          name: "pub-1",
          role: "publisher",
          adminUrl: "http://127.0.0.1:1",
          mqttUrl: `mqtt://127.0.0.1:${options.mqttPort}`,
        },
      ]),
    },
  });
  return { ...served, port };
}

/** The broker that `npm start` runs; its hooks are answered as our gateway answers a service: allowed, for an hour. */
export async function serveBroker(): Promise<{ port: number; stop: () => void }> {
  const receiver = await startReceiver({ "cache-control": "max-age=3600" });
  const broker = await startEmbeddedBroker(receiver.port);
  return {
    port: broker.publisherPort,
    stop: () => {
      broker.stop();
      receiver.close();
    },
  };
}
