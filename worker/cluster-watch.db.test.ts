import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { listNodes } from "@/lib/cluster/list-nodes";
import { listen, type Listener } from "@/lib/events/listen";
import type { LiveEvent } from "@/lib/events/schemas";
import { createLog } from "@/lib/log/log";
import { testDatabase } from "@/test/database";
import { testContext } from "@/test/factories";
import { startClusterWatch, type ClusterWatch } from "./cluster-watch";

const { db, url } = await testDatabase();
const log = createLog("test", "silent");
const PERIODS = { lookMs: 60, sampleMs: 100, timeoutMs: 200, retryMs: 50, viewMs: 60 };
const LIMIT = { timeout: 5_000, interval: 10 };

/** A real HTTP server that answers as a broker node would, until it is told to behave otherwise. */
class Node {
  behaviour: "well" | "hangs" | "babbles" | "unreadable" | "drips" = "well";
  bootedAt = Date.now();
  #server: Server | null = null;
  #port = 0;

  async start(): Promise<void> {
    this.#server = createServer(this.#answer);
    await new Promise<void>((done) => this.#server?.listen(this.#port, "127.0.0.1", done));
    const address = this.#server.address();
    if (address && typeof address === "object") this.#port = address.port;
  }

  async die(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    await new Promise((done) => (server ? server.close(done) : done(null)));
  }

  configured(name: string) {
    return { name, role: "subscriber" as const, adminUrl: `http://127.0.0.1:${this.#port}` };
  }

  readonly #answer: RequestListener = (request, response) => {
    if (this.behaviour === "hangs") return;
    if (this.behaviour === "babbles") {
      const chunk = Buffer.alloc(1 << 20, "x");
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once("drain", more);
      };
      return void more();
    }
    if (request.url === "/health") return void response.end('{"status":"OK"}');
    if (request.url === "/status.json") return void response.end('[{"n@1":{"version":"2.1.2"}}]');
    if (this.behaviour === "unreadable") return void response.end("<html>");
    if (this.behaviour === "drips") return void setInterval(() => response.write("x"), 5).unref();
    const uptime = Date.now() - this.bootedAt;
    response.end(`vernemq_system_wallclock{node="n@1"} ${uptime}\nvernemq_total_active_connections{node="n@1"} 42\n`);
  };
}

const nodes: Node[] = [];
const events: LiveEvent[] = [];
let watch: ClusterWatch | null = null;
let listener: Listener | null = null;

afterEach(async () => {
  await watch?.close();
  await listener?.close();
  await Promise.all(nodes.splice(0).map((node) => node.die()));
  events.length = 0;
  await db.pool.query("truncate broker_nodes, node_views, series_samples restart identity");
});

async function watched(...names: string[]): Promise<Node[]> {
  const made = await Promise.all(
    names.map(async () => {
      const node = new Node();
      await node.start();
      return node;
    }),
  );
  nodes.push(...made);
  listener = listen({ url, channels: ["cluster"], log, onEvent: (event) => events.push(event) });
  await vi.waitFor(() => expect(listener?.connected()).toBe(true), LIMIT);
  startWatch(names.flatMap((name, index) => made[index]?.configured(name) ?? []));
  await vi.waitFor(async () => expect(await states()).toEqual(names.map((name) => `${name} up: answers`)), LIMIT);
  return made;
}

const startWatch = (configured: ReturnType<Node["configured"]>[]): void => {
  watch = startClusterWatch({ nodes: configured, brokerApiKey: "example-api-key", db, log, periods: PERIODS });
};

async function states(): Promise<string[]> {
  const rows = await db.prisma.brokerNode.findMany({ orderBy: { name: "asc" } });
  return rows.map((row) => `${row.name} ${row.state}: ${row.evidence}`);
}
const becomes = (...expected: string[]) => vi.waitFor(async () => expect(await states()).toEqual(expected), LIMIT);
const one = async (name: string) => db.prisma.brokerNode.findUniqueOrThrow({ where: { name } });

describe("the watch of the broker's nodes", () => {
  it("learns version and boot of a node, samples it, and tells everyone", async () => {
    await watched("sub-1");
    await vi.waitFor(async () => expect((await one("sub-1")).version).toBe("2.1.2"), LIMIT);
    const bootedAt = (await one("sub-1")).bootedAt?.getTime() ?? 0;
    expect(Math.abs(bootedAt - (nodes[0]?.bootedAt ?? 0))).toBeLessThan(1_000);
    expect(bootedAt).toBeLessThanOrEqual(nodes[0]?.bootedAt ?? 0);
    await vi.waitFor(() => {
      expect(events.some((event) => event.type === "cluster.nodeChanged" && event.state === "up")).toBe(true);
      expect(events.some((event) => event.type === "cluster.sampled")).toBe(true);
    }, LIMIT);
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query<{ v: number }>(`select "values"[2] as v from series_samples limit 1`);
      expect(rows[0]?.v).toBe(42);
    }, LIMIT);
  });

  it("calls a node that hangs silent, one that died down, and never lets it delay another", async () => {
    const [first] = await watched("sub-1", "sub-2");
    if (first) first.behaviour = "hangs";
    await becomes("sub-1 silent: no_answer", "sub-2 up: answers");
    await first?.die();
    await becomes("sub-1 down: refused", "sub-2 up: answers");
    const { lastAnswerAt } = await one("sub-2");
    await vi.waitFor(async () => {
      expect((await one("sub-2")).lastAnswerAt?.getTime()).toBeGreaterThan((lastAnswerAt?.getTime() ?? 0) + 50);
    }, LIMIT);
  });

  it("does not show a restarted node as up before it knows the boot of its new life", async () => {
    const [node] = await watched("sub-1");
    const before = (await one("sub-1")).bootedAt?.getTime() ?? 0;
    await node?.die();
    await becomes("sub-1 down: refused");
    if (node) {
      node.behaviour = "unreadable";
      await node.start();
    }
    await becomes("sub-1 down: metrics_unreadable");
    if (node) {
      node.bootedAt = Date.now();
      node.behaviour = "well";
    }
    await becomes("sub-1 up: answers");
    expect((await one("sub-1")).bootedAt?.getTime()).toBeGreaterThanOrEqual(before);
  });

  it("notices a restart too quick for the looks to miss", async () => {
    const [node] = await watched("sub-1");
    if (node) node.bootedAt -= 3_600_000;
    await vi.waitFor(async () => {
      expect((await one("sub-1")).bootedAt?.getTime()).toBeLessThan(Date.now() - 3_500_000);
    }, LIMIT);
    if (node) node.bootedAt = Date.now();
    await vi.waitFor(async () => {
      expect((await one("sub-1")).bootedAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    }, LIMIT);
    expect((await one("sub-1")).state).toBe("up");
  });

  it.each(["babbles", "drips"] as const)("names a node that %s and is hurt by none of it", async (behaviour) => {
    const [bad] = await watched("sub-1", "sub-2");
    if (bad) bad.behaviour = behaviour;
    const expected = behaviour === "babbles" ? "sub-1 silent" : "sub-1 up: metrics_unreadable";
    await vi.waitFor(async () => expect((await states())[0]).toContain(expected), LIMIT);
    expect((await states())[1]).toBe("sub-2 up: answers");
    expect(process.memoryUsage().rss).toBeLessThan(1_000 * 1024 * 1024);
  });

  it("says what exactly is wrong with a node's metrics, since when, and when they are well again", async () => {
    const [bad] = await watched("sub-1");
    const fault = async () =>
      (await listNodes(testContext(db, { role: "oncall" }), {})).nodes[0]?.scrapeFault?.fault ?? null;
    if (bad) bad.behaviour = "drips";
    await vi.waitFor(async () => expect(await fault()).toBe("too_slow"), LIMIT);
    if (bad) bad.behaviour = "unreadable";
    await vi.waitFor(async () => expect(await fault()).toBe("garbage"), LIMIT);
    if (bad) bad.behaviour = "well";
    await vi.waitFor(async () => expect(await fault()).toBeNull(), LIMIT);
  });

  it("does not let a node that drips delay the samples of another", async () => {
    const [bad, good] = await watched("sub-1", "sub-2");
    if (bad) bad.behaviour = "drips";
    await db.pool.query("truncate series_samples");
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query<{ at: Date }>(
        "select at from series_samples join broker_nodes using (node_id) where name = 'sub-2' order by at",
      );
      expect(rows.length).toBeGreaterThan(5);
      const steps = rows.slice(1).map((row, index) => row.at.getTime() - (rows[index]?.at.getTime() ?? 0));
      // Each node has its own 100 ms; waiting for the other's time-out would make them 200.
      expect(steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)]).toBeLessThan(150);
    }, LIMIT);
    expect(good?.behaviour).toBe("well");
  });

  it("vouches for nothing after it was away for more than 15 s, and takes leave of nodes no longer configured", async () => {
    const [first] = await watched("sub-1", "sub-2");
    await watch?.close();
    await db.pool.query("update broker_nodes set last_asked_at = now() - interval '1 minute'");
    if (first) first.behaviour = "hangs";
    startWatch(first ? [first.configured("sub-1")] : []);
    await becomes("sub-1 silent: watch_paused", "sub-2 down: not_configured");
    await becomes("sub-1 silent: no_answer", "sub-2 down: not_configured");
  });
});
