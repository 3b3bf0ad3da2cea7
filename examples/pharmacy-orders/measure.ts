import { once } from "node:events";
import { Agent, request } from "node:http";
import { Socket, type AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import mqtt from "mqtt";
import { createLiveConnect } from "./liveconnect";
import { createMatters, MATTERS, type Kind, type Matter, type Matters } from "./matters";
import { createPharmacy } from "./server";
import { readSettings } from "./settings";
import { createSignIn } from "./sign-in";

/**
 * The same orders and consultations, each watched in both ways at once: by a subscription and by a poll every five seconds. Prints what
 * each cost in requests and bytes (everything on the sockets, headers and handshakes included) and how long a change took to be seen.
 *   npx tsx examples/pharmacy-orders/measure.ts --orders 1000 --seconds 60
 */
const { values } = parseArgs({
  options: { orders: { type: "string", default: "1000" }, seconds: { type: "string", default: "60" } },
});
const ORDERS = Number(values.orders);
const WINDOW_MS = Number(values.seconds) * 1_000;
const POLL_MS = 5_000;
// Phones that connect at once, as many as a machine of two cores takes without refusing.
const CONNECT_AT_ONCE = 20;

interface Tally {
  requests: number;
  bytes: number;
  /** From a change to its being seen, ms. */
  delaysMs: number[];
}

const settings = readSettings(process.env);
const matters = createMatters(createLiveConnect(settings));
const signIn = createSignIn(settings);
const pharmacy = createPharmacy({ settings, matters, signIn });
pharmacy.listen(0, "127.0.0.1");
await once(pharmacy, "listening");
const pharmacyPort = (pharmacy.address() as AddressInfo).port;

console.log(`${ORDERS} of each, ${WINDOW_MS / 1_000} s, this machine alone; a poll every ${POLL_MS / 1_000} s`);
for (const kind of ["order", "consultation"] as const) print(kind, await measure(kind));
console.log(`Another patient's order: ${await trySpying()}`);
pharmacy.close();

async function measure(kind: Kind): Promise<{ subscribed: Tally; polled: Tally; changes: number }> {
  const subscribed: Tally = { requests: 0, bytes: 0, delaysMs: [] };
  const polled: Tally = { requests: 0, bytes: 0, delaysMs: [] };
  const opened: { matter: Matter; leave: () => Promise<void> }[] = [];
  for (let at = 0; at < ORDERS; at += CONNECT_AT_ONCE)
    opened.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(CONNECT_AT_ONCE, ORDERS - at) }, async (_, index) => {
          const personId = `p-pharmacy-${kind}-${at + index}`;
          const matter = await matters.open({ kind, personId });
          return { matter, leave: await subscribe(matter, subscribed) };
        }),
      )),
    );
  const endsAt = Date.now() + WINDOW_MS;
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  const sockets = new Set<Socket>();
  const polls = opened.map(({ matter }) => pollUntil({ matter, endsAt, tally: polled, agent, sockets }));
  const steps = MATTERS[kind].statuses.length - 1;
  await Promise.all(opened.map(({ matter }) => live(matters, matter.id, steps)));
  await Promise.all(polls);
  for (const { leave } of opened) await leave();
  polled.bytes = [...sockets].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0);
  agent.destroy();
  return { subscribed, polled, changes: opened.length * steps };
}

/** Its changes at random instants of the window, in order, the last with time left to be polled. */
async function live(of: Matters, id: string, steps: number): Promise<void> {
  const last = WINDOW_MS - 1.5 * POLL_MS;
  const instants = Array.from({ length: steps }, () => Math.random() * last).toSorted((a, b) => a - b);
  const beganAt = Date.now();
  for (const instant of instants) {
    await wait(Math.max(0, beganAt + instant - Date.now()));
    await of.advance(id);
  }
}

/** A phone that is told; gives what ends it. Its CONNECT and its SUBSCRIBE count as requests. */
async function subscribe(matter: Matter, tally: Tally): Promise<() => Promise<void>> {
  const client = await mqtt.connectAsync(settings.mqttTcp, {
    clientId: `pharmacy-${matter.id.slice(0, 18)}`,
    username: await signIn(matter.personId),
    keepalive: 45,
    clean: true,
    reconnectPeriod: 0,
  });
  client.on("message", (_topicName, payload) => {
    const { status, changedAt } = JSON.parse(String(payload)) as Matter;
    if (status !== MATTERS[matter.kind].statuses[0]) tally.delaysMs.push(Date.now() - changedAt);
  });
  await client.subscribeAsync(matter.topicName, { qos: 1 });
  tally.requests += 2;
  const { stream } = client;
  if (!(stream instanceof Socket)) throw new Error("The measure counts bytes of a TCP connection");
  return async () => {
    tally.bytes += stream.bytesRead + stream.bytesWritten;
    await client.endAsync(true);
  };
}

/** A page that asks every five seconds, as it began. */
async function pollUntil(of: {
  matter: Matter;
  endsAt: number;
  tally: Tally;
  agent: Agent;
  sockets: Set<Socket>;
}): Promise<void> {
  let seen: string = MATTERS[of.matter.kind].statuses[0];
  await wait(Math.random() * POLL_MS);
  for (;;) {
    if (Date.now() > of.endsAt) return;
    const told = await poll(of);
    of.tally.requests += 1;
    if (told.status !== seen) of.tally.delaysMs.push(Date.now() - told.changedAt);
    seen = told.status;
    await wait(POLL_MS);
  }
}

function poll({ matter, agent, sockets }: { matter: Matter; agent: Agent; sockets: Set<Socket> }): Promise<Matter> {
  return new Promise((resolve, reject) => {
    const path = `/matters/${matter.id}?person=${matter.personId}`;
    const asked = request({ host: "127.0.0.1", port: pharmacyPort, path, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve(JSON.parse(text) as Matter));
    });
    asked.on("socket", (socket) => sockets.add(socket));
    asked.on("error", reject);
    asked.end();
  });
}

async function trySpying(): Promise<string> {
  const other = await matters.open({ kind: "order", personId: "p-pharmacy-other" });
  const client = await mqtt.connectAsync(settings.mqttTcp, {
    clientId: "pharmacy-spy",
    username: await signIn("p-pharmacy-spy"),
    reconnectPeriod: 0,
  });
  try {
    const [granted] = await client.subscribeAsync(other.topicName, { qos: 1 });
    return granted?.qos === 128 ? "refused at subscribe (SUBACK 128)" : "let in";
  } catch {
    // mqtt.js takes a 128 for an error.
    return "refused at subscribe (SUBACK 128)";
  } finally {
    await client.endAsync(true);
  }
}

function print(
  kind: Kind,
  { subscribed, polled, changes }: { subscribed: Tally; polled: Tally; changes: number },
): void {
  const row = (tally: Tally) => ({
    "requests by phones": tally.requests,
    "requests an order": Number((tally.requests / ORDERS).toFixed(1)),
    "kB on the wire": Math.round(tally.bytes / 1_000),
    "changes seen": `${tally.delaysMs.length} of ${changes}`,
    "median ms": percentile(tally.delaysMs, 0.5),
    "p95 ms": percentile(tally.delaysMs, 0.95),
  });
  console.log(`\n${kind}`);
  console.table({ "subscribed (MQTT)": row(subscribed), "polled every 5 s": row(polled) });
}

function percentile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * share)] ?? Number.NaN;
}
