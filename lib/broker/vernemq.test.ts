import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { positionOf, SERIES_METRICS } from "@/lib/cluster/schemas";
import { createVernemq } from "./vernemq";

const recorded = readFileSync(new URL("../../test/fixtures/vernemq/metrics/traffic.txt", import.meta.url), "utf8");
const broker = createVernemq({ apiKey: "example-api-key", timeoutMs: 300 });
const servers: Server[] = [];

afterEach(closeAll);

async function closeAll(): Promise<void> {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

async function nodeThat(answers: RequestListener): Promise<{ name: string; adminUrl: string }> {
  const server = createServer(answers);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { name: "sub-1", adminUrl: `http://127.0.0.1:${address.port}` };
}

describe("fetchMetrics", () => {
  it("finds every kept metric in what a real node wrote, and sends the key", async () => {
    const keys: unknown[] = [];
    const node = await nodeThat((request, response) => {
      keys.push(request.headers["x-api-key"]);
      response.end(recorded);
    });
    const { values, uptimeMs, brokerNodeName } = await broker.fetchMetrics(node);
    const missing = SERIES_METRICS.filter((_, index) => values[index] === null);
    expect(missing).toEqual([]);
    expect(uptimeMs).toBe(1_064_424);
    expect(brokerNodeName).toBe("VerneMQ1@127.0.0.1");
    expect(keys).toEqual(["example-api-key"]);
    const value = (name: (typeof SERIES_METRICS)[number]["name"]) => values[positionOf(name) - 1];
    expect(value("connects_received")).toBe(36_305);
    expect(value("connects_accepted")).toBe(36_160);
    // 122 refused by return code (3.1.1), 18 by reason code (5.0)
    expect(value("connects_refused")).toBe(140);
    expect(value("refused_not_authorized")).toBe(118);
  });

  it("gives null, not zero, for what a node does not say", async () => {
    const node = await nodeThat((_, response) => response.end('vernemq_socket_open{node="n@1"} 3\n'));
    const { values, uptimeMs } = await broker.fetchMetrics(node);
    expect(values[positionOf("sockets_opened") - 1]).toBe(3);
    expect(values[positionOf("connections") - 1]).toBeNull();
    expect(uptimeMs).toBeNull();
  });

  it("names a node whose answer is no metrics", async () => {
    const node = await nodeThat((_, response) => response.end("<html>hello</html>"));
    await expect(broker.fetchMetrics(node)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      failure: "wrong_answer",
      message: expect.stringContaining("sub-1"),
    });
  });

  it("stops reading a babbling node at 2 MB", async () => {
    let written = 0;
    const node = await nodeThat((_, response) => {
      const line = Buffer.from("a 1\n".repeat(16_384));
      const more = (): void => {
        while (written < 50 * 1024 * 1024 && !response.destroyed) {
          written += line.length;
          if (!response.write(line)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    await expect(broker.fetchMetrics(node)).rejects.toMatchObject({ failure: "wrong_answer", fault: "too_large" });
    expect(written).toBeLessThan(20 * 1024 * 1024);
  });
});

describe("how a node can fail", () => {
  it("tells a node that hangs from one that refuses", async () => {
    const hanging = await nodeThat(() => undefined);
    await expect(broker.health(hanging)).rejects.toMatchObject({ failure: "no_answer" });
    const gone = await nodeThat(() => undefined);
    await closeAll();
    await expect(broker.health(gone)).rejects.toMatchObject({
      failure: "refused",
      message: expect.stringContaining("sub-1"),
    });
  });

  it("gives up on a slow drip", async () => {
    const node = await nodeThat((_, response) => {
      const drip = setInterval(() => response.write("vernemq_socket_open 1\n"), 50);
      response.on("close", () => clearInterval(drip));
    });
    await expect(broker.fetchMetrics(node)).rejects.toMatchObject({ failure: "no_answer", fault: "too_slow" });
  });

  it("unpacks no more of a gzip bomb than it would read unpacked", async () => {
    // 200 MB of one letter in 200 kB.
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, "a"));
    const node = await nodeThat((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
    });
    const before = process.memoryUsage().rss;
    await expect(broker.fetchMetrics(node)).rejects.toMatchObject({ failure: "wrong_answer", fault: "too_large" });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it("says which key to look at when the node does not let us in", async () => {
    const node = await nodeThat((_, response) => response.writeHead(401).end());
    await expect(broker.health(node)).rejects.toThrow(/BROKER_API_KEY/);
    await expect(broker.health(node)).rejects.toMatchObject({ fault: "bad_status" });
  });
});

describe("clientStatus", () => {
  it.each([
    ["online", "online"],
    ["offline", "offline"],
    ["unknown", "unknown"],
    ["no_queue", "no_answer"],
  ])("takes %s as %s", async (said, taken) => {
    const node = await nodeThat((_, response) => response.end(JSON.stringify({ status: said })));
    await expect(broker.clientStatus(node, "phone-1")).resolves.toBe(taken);
  });

  it("never asks about an id outside the contract's charset", async () => {
    const node = await nodeThat(() => {
      throw new Error("was asked");
    });
    await expect(broker.clientStatus(node, "~.*")).rejects.toMatchObject({ code: "VALIDATION" });
  });
});

describe("listListeners", () => {
  it("reads the recorded table", async () => {
    const body = readFileSync(new URL("../../test/fixtures/vernemq/api/listener-show.txt", import.meta.url), "utf8");
    const node = await nodeThat((_, response) =>
      response.end(body.split("\n").findLast((line) => line.startsWith("{"))),
    );
    const listeners = await broker.listListeners(node);
    expect(listeners[0]).toEqual({
      type: "mqtt",
      status: "running",
      address: "127.0.0.1",
      port: 18_831,
      connections: 2_000,
      mostConnections: 50_000,
    });
    expect(listeners.map((listener) => listener.type)).toEqual(["mqtt", "mqttws", "vmq", "http"]);
  });
});

describe("listSessions", () => {
  it("asks for one client's columns and reads the recorded row", async () => {
    const body = JSON.parse(
      readFileSync(new URL("../../test/fixtures/vernemq/api/session-show-one-online.txt", import.meta.url), "utf8")
        .split("\n")
        .findLast((line) => line.startsWith("{")) ?? "",
    );
    let url = "";
    const node = await nodeThat((request, response) => {
      url = request.url ?? "";
      response.end(JSON.stringify(body));
    });
    const sessions = await broker.listSessions(node, { clientId: "on17", limit: 10 });
    expect(url).toContain("--limit=10&--client_id=on17&--client_id&--node");
    expect(sessions).toEqual([
      {
        clientId: "on17",
        brokerNodeName: "VerneMQ3@127.0.0.1",
        isOnline: true,
        cleanSession: true,
        peerAddress: "127.0.0.1",
        peerPort: 47_256,
        startedAt: new Date(1_795_365_662_906),
        offlineMessages: 0,
      },
    ]);
  });
});
