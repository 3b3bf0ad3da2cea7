import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import mqtt from "mqtt";
import { generate } from "mqtt-packet";
import { afterEach, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { readProxyHeader } from "@/embedded-broker/proxy-protocol";
import { ensureCertificate } from "@/stack/haproxy/certificate";
import { readFileSync } from "node:fs";
import { startTestCluster, type TestCluster } from "./test-cluster";
import { until } from "./until";

const CONNECT = generate({
  cmd: "connect",
  protocolId: "MQTT",
  protocolVersion: 4,
  clientId: "behind",
  clean: true,
  keepalive: 60,
  username: "t",
});
const V1 = Buffer.from("PROXY TCP4 203.0.113.9 10.0.0.1 51000 1883\r\n");
const V2 = Buffer.from("0d0a0d0a000d0a515549540a2111000ccb0071090a000001c738075b", "hex");
const V2_LOCAL = Buffer.from("0d0a0d0a000d0a515549540a20000000", "hex");
const V2_IPV6 = Buffer.concat([
  Buffer.from("0d0a0d0a000d0a515549540a21210024", "hex"),
  Buffer.from("20010db8000000000000000000000001", "hex"),
  Buffer.alloc(16),
  Buffer.from("c738075b", "hex"),
]);

let broker: TestCluster;
let folder: string | null = null;
afterEach(async () => {
  await broker?.close();
  if (folder) rmSync(folder, { recursive: true });
  folder = null;
});
const registered = () =>
  until("registered", () => broker.hooks.callsOf("behind").find(({ hook }) => hook === "on_register")?.body);

describe("the PROXY protocol", () => {
  test("the header is read whole, in both versions, and everything else is refused", () => {
    const peer = { address: "203.0.113.9", port: 51_000 };
    expect(readProxyHeader(V1)).toEqual({ status: "complete", bytes: V1.length, peer });
    expect(readProxyHeader(Buffer.concat([V2, CONNECT]))).toEqual({ status: "complete", bytes: V2.length, peer });
    expect(readProxyHeader(V2_LOCAL)).toEqual({ status: "complete", bytes: 16, peer: null });
    expect(readProxyHeader(V2_IPV6)).toMatchObject({ peer: { address: "2001:db8:0:0:0:0:0:1", port: 51_000 } });
    for (const header of [V1, V2])
      for (let bytes = 0; bytes < header.length; bytes += 1)
        expect(readProxyHeader(header.subarray(0, bytes)).status).toBe("incomplete");
    for (const other of [CONNECT, Buffer.from("PROXY TCP4\r\n"), Buffer.alloc(200, "PROXY ")])
      expect(readProxyHeader(other).status).toBe("malformed");
  });

  test.each([
    ["version 1", V1, "203.0.113.9", 51_000],
    ["version 2", V2, "203.0.113.9", 51_000],
  ])("%s: hooks and session/show tell the device's own address", async (_version, header, address, port) => {
    broker = await startTestCluster({ config: { proxyProtocol: true } });
    const socket = connectTcp(broker.node("n1").mqttPort, "127.0.0.1").resume();
    socket.write(Buffer.concat([header, CONNECT]));
    expect(await registered()).toMatchObject({ peer_addr: address, peer_port: port });
    const shown = await (await broker.get("n1", "/api/v1/session/show?--peer_host&--peer_port")).json();
    expect(shown).toEqual({ table: [{ peer_host: address, peer_port: port }], type: "table" });
    socket.destroy();
  });

  test("over WebSocket too; and who sends no header is not let in", async () => {
    broker = await startTestCluster({ config: { proxyProtocol: true }, timeScale: 20 });
    const raw = connectTcp(broker.node("n1").wsPort, "127.0.0.1");
    raw.write(V2);
    const webSocket = new WebSocket("ws://127.0.0.1/mqtt", ["mqtt"], { createConnection: () => raw });
    webSocket.once("open", () => webSocket.send(CONNECT));
    expect(await registered()).toMatchObject({ peer_addr: "203.0.113.9" });
    webSocket.terminate();
    for (const bytes of [CONNECT, V2.subarray(0, 10)]) {
      const socket = connectTcp(broker.node("n1").mqttPort, "127.0.0.1").resume();
      socket.on("error", () => {}).write(bytes);
      await until("closed", () => socket.closed);
    }
  });
});

describe("TLS", () => {
  test.each([false, true])(
    "a device connects by TLS with the generated certificate (PROXY protocol: %s)",
    async (proxied) => {
      folder = mkdtempSync(path.join(tmpdir(), "liveconnect-tls-"));
      const files = await ensureCertificate(folder);
      const keys = { cert: readFileSync(files.cert, "utf8"), key: readFileSync(files.key, "utf8") };
      broker = await startTestCluster({ tls: keys, tlsPorts: true, config: { proxyProtocol: proxied } });
      const port = broker.node("n1").tlsPort ?? 0;
      const socket = connectTcp(port, "127.0.0.1");
      if (proxied) socket.write(V2);
      const { connect: connectTls } = await import("node:tls");
      const client = new mqtt.MqttClient(() => connectTls({ socket, ca: keys.cert, servername: "localhost" }), {
        protocolVersion: 4,
        clientId: "behind",
        username: "t",
        reconnectPeriod: 0,
      });
      expect(await registered()).toMatchObject({ peer_addr: proxied ? "203.0.113.9" : "127.0.0.1" });
      await until("connected", () => client.connected);
      const listeners = (await (await broker.get("n1", "/api/v1/listener/show")).json()) as { table: object[] };
      expect(listeners.table).toContainEqual(
        expect.objectContaining({ type: "mqtts", port: String(port), active_conns: 1 }),
      );
      await client.endAsync();
      await until("gone", () => broker.hooks.callsOf("behind").at(-1)?.hook === "on_client_gone");
    },
  );
});
