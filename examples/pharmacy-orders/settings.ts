import { readFileSync } from "node:fs";
import path from "node:path";

/** Where everything answers and as whom; by default the stack that `npm start` makes on this machine, with its practice key. */
export interface Settings {
  port: number;
  /** The publisher's HTTP API. */
  api: string;
  apiKey: string;
  /** Where patients' pages connect by WebSocket, and phones by TCP. */
  mqttWebSocket: string;
  mqttTcp: string;
  /** The practice issuer's private key: it stands in for the service's own sign-in, which gives patients their access tokens. */
  issuerKeyFile: string;
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const data = path.resolve(env.DATA_FOLDER ?? ".data");
  return {
    port: Number(env.PHARMACY_PORT ?? 3500),
    api: env.LIVECONNECT_API ?? `http://127.0.0.1:${env.PUBLISHER_PORT ?? 3100}`,
    apiKey: env.LIVECONNECT_API_KEY ?? practiceKey(data),
    mqttWebSocket: env.LIVECONNECT_WS ?? `ws://127.0.0.1:${env.SUB_1_WS_PORT ?? 8083}/mqtt`,
    mqttTcp: env.LIVECONNECT_MQTT ?? `mqtt://127.0.0.1:${env.SUB_1_MQTT_PORT ?? 1883}`,
    issuerKeyFile: env.ISSUER_KEY_FILE ?? path.join(data, "practice", "issuer-key.json"),
  };
}

function practiceKey(data: string): string {
  const secrets = JSON.parse(readFileSync(path.join(data, "secrets.json"), "utf8")) as { practiceApiKey: string };
  return secrets.practiceApiKey;
}
