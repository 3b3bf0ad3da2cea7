import { describe, expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { getNode } from "./get-node";
import { listNodeClients } from "./list-node-clients";
import { recordView } from "./record-view";

const { db } = await testDatabase();
const sub1 = await makeNode(db, { name: "sub-1" });
const sub2 = await makeNode(db, { name: "sub-2" });
const ctx = testContext(db, { role: "oncall" });

describe("getNode", () => {
  it("gives where it listens, whom it sees by our names, and that its version is another than most", async () => {
    await makeNode(db, { name: "sub-3" });
    await db.pool.query("update broker_nodes set version = case name when 'sub-1' then '2.1.1' else '2.1.2' end");
    const listener = {
      type: "mqtt",
      status: "running",
      address: "0.0.0.0",
      port: 1883,
      connections: 7,
      mostConnections: 100,
    };
    const peers = [
      { name: "VerneMQ1@a", running: true },
      { name: "VerneMQ2@b", running: false },
      { name: "VerneMQ9@z", running: true },
    ];
    await recordView(db.pool, {
      nodeId: sub1.nodeId,
      brokerName: "VerneMQ1@a",
      peers,
      listeners: [listener],
      scrapeFault: null,
    });
    await recordView(db.pool, {
      nodeId: sub2.nodeId,
      brokerName: "VerneMQ2@b",
      peers: null,
      listeners: null,
      scrapeFault: "too_large",
    });
    const detail = await getNode(ctx, { node: "sub-1" });
    expect(detail.listeners).toEqual([listener]);
    expect(detail.peers).toEqual([
      { brokerName: "VerneMQ1@a", node: "sub-1", isRunning: true },
      { brokerName: "VerneMQ2@b", node: "sub-2", isRunning: false },
      { brokerName: "VerneMQ9@z", node: null, isRunning: true },
    ]);
    expect(detail.node.hasOtherVersion).toBe(true);
    expect(detail.versions).toEqual([
      { version: "2.1.2", nodes: 2 },
      { version: "2.1.1", nodes: 1 },
    ]);
    expect((await getNode(ctx, { node: "sub-2" })).node.scrapeFault?.fault).toBe("too_large");
    await expect(getNode(ctx, { node: "sub-7" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("listNodeClients", () => {
  it("pages through the clients connected to the node, and to no other, once each", async () => {
    const open = (await Promise.all(Array.from({ length: 7 }, () => makeClient(db)))).map((client) => client);
    const others = await Promise.all(Array.from({ length: 5 }, () => makeClient(db)));
    const present = async (clientKey: string, nodeId: number, rank: number, startedAgoMs: number) =>
      db.pool.query(
        `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at)
         values ($1, $2::bigint * 4 + $3, $4, now(), 'hook', now())`,
        [clientKey, Math.round((Date.now() - startedAgoMs) * 1000), rank, nodeId],
      );
    for (const { clientKey } of open) await present(clientKey, sub1.nodeId, 0, 60_000);
    const [elsewhere, queued, gone, ofBefore] = others;
    await present(elsewhere?.clientKey ?? "", sub2.nodeId, 0, 60_000);
    await present(queued?.clientKey ?? "", sub1.nodeId, 1, 60_000);
    await present(gone?.clientKey ?? "", sub1.nodeId, 2, 60_000);
    // Its session is older than the node's boot.
    await present(ofBefore?.clientKey ?? "", sub1.nodeId, 0, 7_200_000);

    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listNodeClients>> = await listNodeClients(ctx, {
        node: "sub-1",
        cursor,
        limit: 3,
      });
      found.push(...page.clients.map((client) => client.clientId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(found.toSorted()).toEqual(open.map((client) => client.clientId).toSorted());
    expect(await db.prisma.auditEvent.count({ where: { action: "cluster.listNodeClients" } })).toBeGreaterThan(0);
    await expect(listNodeClients(testContext(db, { role: "auditor" }), { node: "sub-1" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});
