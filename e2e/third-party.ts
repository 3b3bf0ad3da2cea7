import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "@playwright/test";
import { addresses } from "./stack";

/** MQTT clients nobody here wrote: mosquitto's and Paho for Python, as processes of their own. */

/** For a file whose tests need them: skips it where they cannot be installed, and says so; CI has no such excuse. */
export function needsThirdPartyClients(): void {
  const missing = process.env.THIRD_PARTY_CLIENTS_MISSING;
  if (missing && process.env.CI) throw new Error(`${missing} could not be installed here`);
  test.skip(Boolean(missing), `SKIPPED: ${missing} could not be installed here`);
}

export type NodeName = keyof typeof addresses.mqttPorts;

export interface Running {
  process: ChildProcess;
  /** All it has printed so far, both streams. */
  output: () => string;
  /** Resolves with the exit code, null after a signal. */
  ended: Promise<number | null>;
}

const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

function run(program: string, args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += String(chunk)));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve);
    child.once("error", reject);
  });
  return { process: child, output: () => output, ended };
}

export interface Subscriber {
  node?: NodeName;
  clientId: string;
  /** User Name; none when null. */
  token: string | null;
  topicFilter: string;
  qos?: 0 | 1 | 2;
  clean?: boolean;
}

const where = ({ node, clientId, token }: { node: NodeName; clientId: string; token: string | null }): string[] => {
  const port = String(addresses.mqttPorts[node]);
  const base = ["-h", "127.0.0.1", "-p", port, "-i", clientId, "-V", "mqttv311", "-k", "45", "-d"];
  return token === null ? base : [...base, "-u", token];
};

const wanted = (topicFilter: string, qos: number): string[] => [
  "-q",
  String(qos),
  "-t",
  topicFilter,
  "-F",
  "%t %q %r %p",
];

/** `mosquitto_sub`: prints each message as `topic qos retain payload`. `clean` false keeps its session (the default). */
export function mosquittoSub({
  node = "sub-1",
  clientId,
  token,
  topicFilter,
  qos = 1,
  clean = false,
}: Subscriber): Running {
  return run("stdbuf", [
    // Debug lines would wait in its buffer: a pipe is no terminal.
    "-oL",
    "mosquitto_sub",
    ...where({ node, clientId, token }),
    ...(clean ? [] : ["-c"]),
    ...wanted(topicFilter, qos),
  ]);
}

/** `mosquitto_pub`: publishes one message and ends. */
export function mosquittoPub(given: {
  node?: NodeName;
  clientId: string;
  token: string;
  topicName: string;
  payload: string;
}): Running {
  const { node = "sub-1", clientId, token } = given;
  return run("mosquitto_pub", [
    ...where({ node, clientId, token }),
    "-q",
    "1",
    "-t",
    given.topicName,
    "-m",
    given.payload,
  ]);
}

const PAHO = `
import os, sys, paho.mqtt.client as mqtt
def on_connect(client, userdata, flags, rc):
    print("CONNACK", rc, flush=True)
    if rc == 0: client.subscribe(os.environ["FILTER"], qos=int(os.environ["QOS"]))
    else: sys.exit(rc)
client = mqtt.Client(client_id=os.environ["CLIENT_ID"], clean_session=False, protocol=mqtt.MQTTv311)
if os.environ.get("TOKEN"): client.username_pw_set(os.environ["TOKEN"])
client.on_connect = on_connect
client.on_subscribe = lambda c, u, mid, granted: print("SUBACK", list(granted), flush=True)
client.on_message = lambda c, u, m: print("MESSAGE", m.topic, m.qos, m.payload.decode(), flush=True)
client.connect("127.0.0.1", int(os.environ["PORT"]), keepalive=45)
client.loop_forever(retry_first_connection=False)
`;

/** Paho for Python: prints CONNACK, SUBACK and every message. */
export function paho({ node = "sub-1", clientId, token, topicFilter, qos = 1 }: Subscriber): Running {
  return run(PYTHON, ["-c", PAHO], {
    PORT: String(addresses.mqttPorts[node]),
    CLIENT_ID: clientId,
    TOKEN: token ?? "",
    FILTER: topicFilter,
    QOS: String(qos),
  });
}

/** Our example agent in Python, a device written by the documentation alone. */
export function pythonPhone(given: { clientId: string; token: string; logFile: string }): Running {
  const where = ["--host", "127.0.0.1", "--port", String(addresses.mqttPorts["sub-1"])];
  return run(PYTHON, ["examples/devices/phone.py", ...where, "--client-id", given.clientId, "--log", given.logFile], {
    TOKEN: given.token,
  });
}

/** A phone that goes wrong in one way: its head says which there are. */
export function oddPhone(given: { clientId: string; token: string; mode: string }): Running {
  const port = String(addresses.mqttPorts["sub-1"]);
  return run(PYTHON, ["e2e/odd-phone.py", given.clientId, given.mode, port], { TOKEN: given.token });
}
