import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type BareBroker, startBareBroker } from "@/test/bare-broker";
import type { Happening } from "./device";
import { openTokenIssuer, type TokenIssuer } from "./device-token";
import { createFleet, type Fleet } from "./fleet";
import type { ProfileName } from "./profiles";
import { readTruth, type Truth, trueStateAt } from "./truth";
import { recordTruth, type TruthRecorder } from "./truth-recorder";

// Keep-alive becomes 2 s, and waits shrink.
const SPEED = 60;
const PATIENT = { timeout: 8_000, interval: 20 };

let folder: string;
let issuer: TokenIssuer;
let nodes: BareBroker[];
let truth: TruthRecorder;
let fleet: Fleet | null = null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "fleet-"));
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const keyFile = path.join(folder, "key.json");
  await writeFile(keyFile, JSON.stringify({ ...(await exportJWK(privateKey)), alg: "ES256", kid: "test" }));
  issuer = await openTokenIssuer({ keyFile, issuer: "https://id.example", audience: "liveconnect", now: Date.now });
  nodes = [await startBareBroker(), await startBareBroker()];
  truth = recordTruth({ file: path.join(folder, "truth.jsonl"), now: Date.now });
});

afterEach(async () => {
  fleet?.close();
  fleet = null;
  await truth.close();
  await Promise.all(nodes.map((node) => node.close()));
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

function openFleet(
  profile: ProfileName,
  options: { phones: number; nodes?: number; onHappening?: (it: Happening) => void },
) {
  fleet = createFleet({
    profile,
    phones: options.phones,
    seed: 5,
    speed: SPEED,
    startHour: 8,
    connectsPerSecond: 1_000,
    tokenLifeSeconds: 3_600,
    issuer,
    brokers: nodes.slice(0, options.nodes ?? 1).map(({ url }, index) => ({ node: `node-${index + 1}`, url })),
    topicRoot: "lc/v1",
    folder,
    truth,
    onHappening: (happening) => happening.kind !== "message" && options.onHappening?.(happening),
    now: Date.now,
  });
  return fleet;
}

const broker = (index: number) => {
  const node = nodes[index];
  if (!node) throw new Error(`There is no node ${index}`);
  return node.aedes;
};
const online = () => fleet?.phones.filter(({ status }) => status === "online").length;
const endings = (read: Truth, clientId: string) => read.intervals.get(clientId)?.map(({ ending }) => ending);

test("a phone that loses its network is taken for connected until its keep-alive is over, and its own truth says so", async () => {
  const { phones } = openFleet("still", { phones: 2 });
  const [lost, other] = phones;
  if (!lost || !other) throw new Error("no phones");
  for (const phone of phones) phone.act({ kind: "open" });
  await vi.waitFor(() => expect(online()).toBe(2), PATIENT);
  const timedOut = vi.fn();
  broker(0).on("keepaliveTimeout", (client) => timedOut(client.id));

  const lostAtMs = Date.now();
  lost.act({ kind: "lose-network" });
  await vi.waitFor(() => expect(broker(0).connectedClients).toBe(1), PATIENT);
  // Keep-alive 2 s: 1.5 times that, after the last packet, which may be up to one keep-alive old.
  expect(Date.now() - lostAtMs).toBeGreaterThan(900);
  expect(timedOut.mock.calls).toEqual([[lost.person.clientId]]);
  expect(other.status).toBe("online");

  lost.act({ kind: "find-network" });
  await vi.waitFor(() => expect(online()).toBe(2), PATIENT);
  await truth.close();
  const read = await readTruth(path.join(folder, "truth.jsonl"));
  const { clientId } = lost.person;
  expect(endings(read, clientId)).toEqual(["silent", null]);
  expect(trueStateAt(read, clientId, lostAtMs + 500)).toMatchObject({
    status: "away",
    ending: "silent",
    node: "node-1",
  });
  expect(trueStateAt(read, clientId, Date.now())).toMatchObject({ status: "connected", node: "node-1" });
  expect(endings(read, other.person.clientId)).toEqual([null]);
});

test("a phone back on another network before its keep-alive was over takes its session over from the dead socket", async () => {
  const { phones } = openFleet("still", { phones: 1 });
  const [phone] = phones;
  if (!phone) throw new Error("no phone");
  phone.act({ kind: "open" });
  await vi.waitFor(() => expect(online()).toBe(1), PATIENT);
  const timedOut = vi.fn();
  broker(0).on("keepaliveTimeout", timedOut);
  const connects = vi.fn();
  broker(0).on("clientReady", connects);
  phone.act({ kind: "lose-network" });
  phone.act({ kind: "find-network" });
  await vi.waitFor(() => expect(connects).toHaveBeenCalledTimes(1), PATIENT);
  expect(phone.status).toBe("online");
  expect(broker(0).connectedClients).toBe(1);
  expect(timedOut).not.toHaveBeenCalled();
});

test("the lost-network profile loses networks by itself, and the broker ends those connections by keep-alive", async () => {
  const timedOut = vi.fn();
  openFleet("lost-network", { phones: 5 }).start();
  broker(0).on("keepaliveTimeout", timedOut);
  await vi.waitFor(() => expect(timedOut.mock.calls.length).toBeGreaterThanOrEqual(5), { ...PATIENT, timeout: 12_000 });
}, 20_000);

test("two phones with one client identifier throw one another out, ever more slowly, and one remains when the other gives up", async () => {
  const happenings: Happening[] = [];
  const { phones, people } = openFleet("shared-client-id", { phones: 2, onHappening: (it) => happenings.push(it) });
  expect(people).toHaveLength(1);
  fleet?.start();
  const count = (kind: Happening["kind"]) => happenings.filter((happening) => happening.kind === kind).length;
  await vi.waitFor(() => expect(count("connected")).toBeGreaterThan(5), PATIENT);
  expect(broker(0).connectedClients).toBeLessThanOrEqual(1);
  phones[1]?.act({ kind: "close" });
  await vi.waitFor(() => expect(phones[0]?.status).toBe("online"), PATIENT);
  const atMs = Date.now();
  // an interval ends before its last millisecond
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(atMs), PATIENT);
  phones[0]?.act({ kind: "close" });
  await vi.waitFor(() => expect(broker(0).connectedClients).toBe(0), PATIENT);
  await truth.close();

  const read = await readTruth(path.join(folder, "truth.jsonl"));
  const { clientId } = phones[0]?.person ?? { clientId: "" };
  expect(endings(read, clientId)?.slice(0, 3)).toEqual(["taken-over", "taken-over", "taken-over"]);
  expect(trueStateAt(read, clientId, atMs)).toMatchObject({ status: "connected" });
  expect(trueStateAt(read, clientId, Date.now())).toMatchObject({ status: "away", ending: "disconnect" });
});

test("endings are told apart in the truth, and a wished node is gone to", async () => {
  const { phones } = openFleet("still", { phones: 1, nodes: 2 });
  const [phone] = phones;
  if (!phone) throw new Error("no phone");
  const { clientId } = phone.person;
  const onNode = (index: number) =>
    vi.waitFor(() => {
      expect(phone.status).toBe("online");
      expect(broker(index).connectedClients).toBe(1);
    }, PATIENT);
  phone.act({ kind: "open", node: "node-2" });
  await onNode(1);
  phone.act({ kind: "close" });
  await vi.waitFor(() => expect(broker(1).connectedClients).toBe(0), PATIENT);
  phone.act({ kind: "open", node: "same" });
  await onNode(1);
  phone.act({ kind: "kill" });
  await vi.waitFor(() => expect(broker(1).connectedClients).toBe(0), PATIENT);
  phone.act({ kind: "open", node: "other" });
  await onNode(0);
  phone.act({ kind: "hand-over", node: "node-2" });
  await onNode(1);
  await nodes[1]?.down();
  await vi.waitFor(() => expect(phone.status).not.toBe("online"), PATIENT);
  await truth.close();
  const read = await readTruth(path.join(folder, "truth.jsonl"));
  expect(read.intervals.get(clientId)?.slice(0, 4)).toMatchObject([
    { node: "node-2", ending: "disconnect" },
    { node: "node-2", ending: "killed" },
    { node: "node-1", ending: "taken-over" },
    { node: "node-2", ending: "lost" },
  ]);
});

test("a phone that reads slowly lags behind and stays connected, however fast its day runs", async () => {
  const happened: string[] = [];
  const { phones } = openFleet("slow-consumer", { phones: 1, onHappening: ({ kind }) => happened.push(kind) });
  const [phone] = phones;
  if (!phone) throw new Error("no phone");
  phone.act({ kind: "open" });
  await vi.waitFor(() => expect(broker(0).connectedClients).toBe(1), PATIENT);
  const payload = "x".repeat(2_048);
  const topic = `lc/v1/clients/${phone.person.clientId}/inbox`;
  // Longer than the keep alive with what it adds to: without a scaled pace the answer to a ping would stand behind one message.
  const feed = setInterval(
    () => broker(0).publish({ cmd: "publish", topic, payload, qos: 0, retain: false, dup: false }, () => {}),
    200,
  );
  const pings = vi.fn();
  broker(0).on("ping", pings);
  await vi.waitFor(() => expect(pings.mock.calls.length).toBeGreaterThanOrEqual(4), { ...PATIENT, timeout: 12_000 });
  clearInterval(feed);
  expect(phone.status).toBe("online");
  expect(happened).not.toContain("ended");
}, 15_000);
