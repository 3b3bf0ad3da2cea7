import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readFixture, recordedJson, shapeOf } from "./fixtures";
import { API_KEY, startTestCluster, type TestCluster } from "./test-cluster";
import { until } from "./until";

let broker: TestCluster;
beforeEach(async () => {
  broker = await startTestCluster();
});
afterEach(() => broker.close());

interface Table {
  table: Record<string, unknown>[];
  type: string;
}
const table = async (path: string, node: "n1" | "n2" = "n1"): Promise<Table> =>
  (await (await broker.get(node, path)).json()) as Table;
const hooksOf = (clientId: string): string[] => broker.hooks.callsOf(clientId).map(({ hook }) => hook);

/** A persistent session that is offline, and a clean one online on the other node. */
async function twoSessions(): Promise<void> {
  const off = await broker.connect("n1", { clientId: "off17", clean: false, username: "tok-off" });
  await off.subscribeAsync("kept/#", { qos: 1 });
  await off.endAsync();
  await until("offline", () => hooksOf("off17").at(-1) === "on_client_offline");
  const on = await broker.connect("n2", { clientId: "on17", clean: true, username: "tok-17" });
  await on.subscribeAsync("ld/17/#", { qos: 1 });
}

describe("the key", () => {
  const path = "/api/v1/cluster/show";
  const basic = (words: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(words).toString("base64")}`,
  });
  const forms: [form: string, headers: Record<string, string>, status: number][] = [
    [`curl -u ${API_KEY}:`, basic(`${API_KEY}:`), 200],
    [`curl -u ${API_KEY}:whatever`, basic(`${API_KEY}:whatever`), 200],
    [`curl -u x:${API_KEY}`, basic(`x:${API_KEY}`), 401],
    ["curl -u wrong:", basic("wrong:"), 401],
    ["curl ", {}, 401],
    [`curl -H x-api-key:${API_KEY}`, { "x-api-key": API_KEY }, 200],
    ["curl -H x-api-key:bad", { "x-api-key": "bad" }, 401],
    [`curl -H Authorization:Bearer\\ ${API_KEY}`, { authorization: `Bearer ${API_KEY}` }, 401],
  ];
  test.each(forms)("%s answers as recorded", async (form, headers, status) => {
    const recorded = readFixture("api/auth-forms.txt").split(`### ${form}\n`)[1]?.split(" ")[1];
    expect(Number(recorded)).toBe(status);
    const response = await broker.get("n1", path, headers);
    expect(response.status).toBe(status);
    if (status === 401) {
      expect(await response.text()).toBe("");
      expect(response.headers.get("www-authenticate")).toBe('Authorization realm="VerneMQ"');
    }
  });

  test("POST is 405 whatever the key, OPTIONS needs a key, HEAD has no body", async () => {
    const status = (method: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ method, port: broker.node("n1").httpPort, path }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on("error", reject)
          .end();
      });
    expect(await status("POST")).toBe(405);
    expect(await status("OPTIONS")).toBe(401);
    expect(await status("HEAD")).toBe(401);
  });

  test.each(["/metrics", "/status.json", "/health", "/health/ping", "/health/listeners"])(
    "%s needs none",
    async (open) => {
      expect((await broker.get("n1", open, {})).status).toBe(200);
    },
  );

  test("an unknown command is 400 with an empty body", async () => {
    const response = await broker.get("n1", "/api/v1/no/such");
    expect([response.status, await response.text()]).toEqual([400, ""]);
  });
});

describe("session/show", () => {
  const ALL =
    "--node&--mountpoint&--client_id&--queue_pid&--queue_size&--session_pid&--is_offline&--is_online&--statename&--deliver_mode&--offline_messages&--online_messages&--num_sessions&--clean_session&--is_plugin&--queue_started_at&--user&--peer_host&--peer_port&--protocol&--waiting_acks&--session_started_at";

  test("rows have the recorded columns, in their order, with their types", async () => {
    await twoSessions();
    const online = await table(`/api/v1/session/show?--client_id=on17&${ALL}`);
    expect(shapeOf(online)).toEqual(shapeOf(recordedJson("session-show-one-online")));
    expect(online.table[0]).toMatchObject({ node: "n2@127.0.0.1", user: "tok-17", protocol: 4, statename: "online" });
    const offline = await table(`/api/v1/session/show?--client_id=off17&${ALL}`);
    expect(shapeOf(offline)).toEqual(shapeOf(recordedJson("session-show-one-offline")));
    const byDefault = await table("/api/v1/session/show");
    expect(byDefault.table.map((row) => Object.keys(row))).toEqual(
      (recordedJson("session-show-default") as Table).table.slice(0, 2).map((row) => Object.keys(row)),
    );
  });

  test("every node shows all nodes' sessions; filters, regular expressions and subscriptions work", async () => {
    await twoSessions();
    const ids = async (query: string): Promise<unknown[]> =>
      (await table(`/api/v1/session/show?${query}`)).table.map(({ client_id }) => client_id).toSorted();
    expect(await ids("")).toEqual(["off17", "on17"]);
    expect(await ids("--is_online=true")).toEqual(["on17"]);
    expect(await ids("--node=n1@127.0.0.1")).toEqual(["off17"]);
    expect(await ids(`--client_id=${encodeURIComponent("~^o.17$")}`)).toEqual(["on17"]);
    expect(await table("/api/v1/session/show?--client_id=on17&--topic&--qos&--rap&--no_local")).toEqual({
      table: [{ no_local: null, qos: 1, rap: null, topic: "ld/17/#" }],
      type: "table",
    });
  });

  test("--limit is per node", async () => {
    for (const [node, clientId] of [
      ["n1", "a"],
      ["n1", "b"],
      ["n2", "c"],
      ["n2", "d"],
    ] as const)
      await broker.connect(node, { clientId, username: "t" });
    const nodes = (await table("/api/v1/session/show?--limit=1&--node")).table.map(({ node }) => node).toSorted();
    expect(nodes).toEqual(["n1@127.0.0.1", "n2@127.0.0.1"]);
  });

  test("an unknown flag is 400, a limit that is no number 500, both with an empty body", async () => {
    for (const [flag, status] of [
      ["--nosuchflag", 400],
      ["--limit=abc", 500],
    ] as const) {
      const response = await broker.get("n1", `/api/v1/session/show?${flag}`);
      expect([response.status, await response.text()]).toEqual([status, ""]);
    }
  });
});

describe("session/disconnect", () => {
  const will = { topic: "will/md", payload: Buffer.from("x"), qos: 0 as const, retain: false };
  const done = { text: "Done", type: "text" };

  test("ends the connection through any node, publishes the will and tells the ending; a persistent session stays", async () => {
    const client = await broker.connect("n2", { clientId: "md40", clean: false, username: "t", will });
    expect(await table("/api/v1/session/disconnect?client-id=md40", "n1")).toEqual(done);
    await until("closed", () => !client.connected);
    await until("offline", () => hooksOf("md40").at(-1) === "on_client_offline");
    expect(hooksOf("md40").slice(-2)).toEqual(["on_publish", "on_client_offline"]);
    expect((await table("/api/v1/session/show?--client_id=md40&--is_online&--node")).table).toEqual([
      { is_online: false, node: "n2@127.0.0.1" },
    ]);
  });

  test("with --cleanup the session goes too, and no ending is told", async () => {
    const online = await broker.connect("n2", { clientId: "md410", clean: false, username: "t", will });
    await twoSessions();
    for (const clientId of ["md410", "off17", "nobody"])
      expect(await table(`/api/v1/session/disconnect?client-id=${clientId}&--cleanup`)).toEqual(done);
    await until("closed", () => !online.connected);
    expect((await table("/api/v1/session/show")).table.map(({ client_id }) => client_id)).toEqual(["on17"]);
    expect(hooksOf("md410")).not.toContain("on_client_offline");
    const again = await broker.connect("n1", { clientId: "off17", clean: false, username: "t" });
    expect((await table("/api/v1/session/show?--client_id=off17&--topic")).table).toEqual([]);
    expect(again.connected).toBe(true);
  });
});

test("/api/v2/client says online, offline and unknown", async () => {
  await twoSessions();
  const status = (clientId: string) => table(`/api/v2/client?client_id=${clientId}`);
  expect(await status("on17")).toEqual(recordedJson("v2-client"));
  expect(await status("off17")).toEqual(recordedJson("v2-client-off"));
  expect(await status("nosuch")).toEqual(recordedJson("v2-client-nosuch"));
});

test("cluster/show, listener/show, /status.json and /health have the recorded shapes", async () => {
  await twoSessions();
  expect(shapeOf(await table("/api/v1/cluster/show"))).toEqual(shapeOf(recordedJson("cluster-show")));
  expect(shapeOf(await table("/api/v1/listener/show"))).toEqual(shapeOf(recordedJson("listener-show")));
  const [status] = (await (await broker.get("n1", "/status.json")).json()) as Record<string, Record<string, unknown>>[];
  const [recorded] = JSON.parse(readFixture("status-traffic-node1.json")) as Record<string, Record<string, unknown>>[];
  expect(Object.keys(status ?? {})).toEqual(["n1@127.0.0.1", "n2@127.0.0.1"]);
  expect(Object.keys(status?.["n1@127.0.0.1"] ?? {})).toEqual(Object.keys(recorded?.["VerneMQ1@127.0.0.1"] ?? {}));
  expect(status?.["n2@127.0.0.1"]).toMatchObject({ num_online: 1, num_offline: 0, num_subscriptions: 2 });
  expect(await (await broker.get("n1", "/health")).json()).toEqual({ status: "OK" });
});

describe("/metrics", () => {
  /** What a dashboard is made for: everything but the values, and the name of the node. */
  const withoutValues = (text: string): string[] =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => (line.startsWith("#") ? line : line.replace(/node="[^"]+"/, 'node=""').replace(/ -?\d+$/, "")));
  const value = async (node: "n1" | "n2", line: string): Promise<number> => {
    const text = await (await broker.get(node, "/metrics")).text();
    const found = text.split("\n").find((each) => each.startsWith(`vernemq_${line}`));
    return Number(found?.split(" ").at(-1));
  };

  test("has every line of VerneMQ's in its order: 178 names with their help, type and labels", async () => {
    const ours = withoutValues(await (await broker.get("n1", "/metrics")).text());
    const real = withoutValues(readFixture("metrics/metrics-traffic-node1.txt"));
    expect(ours).toEqual(real);
    expect(ours.filter((line) => line.startsWith("# TYPE")).length).toBe(178);
  });

  test("the figures are true", async () => {
    await twoSessions();
    const ws = await broker.connect("n1", { clientId: "ws", username: "t", protocol: "ws" });
    await ws.publishAsync("ld/17/x", "payload", { qos: 1, retain: true });
    await ws.publishAsync("kept/1", "waits", { qos: 1 });
    const n1 = 'node="n1@127.0.0.1"';
    const n2 = 'node="n2@127.0.0.1"';
    await until("delivered on n2", async () => (await value("n2", `mqtt_publish_sent{${n2},mqtt_version="4"}`)) === 1);
    await until("off17 is closed", async () => (await value("n1", `total_active_connections{${n1}}`)) === 1);
    const figures: [line: string, expected: number][] = [
      [`active_mqtt_connections{${n1}}`, 0],
      [`active_mqttws_connections{${n1}}`, 1],
      [`queue_processes{${n1}}`, 2],
      [`mqtt_connect_received{${n1},mqtt_version="4"}`, 2],
      [`mqtt_connack_sent{${n1},mqtt_version="4",return_code="success"}`, 2],
      [`mqtt_connack_sent{${n1},mqtt_version="4",return_code="not_authorized"}`, 0],
      [`mqtt_disconnect_received{${n1},mqtt_version="4"}`, 1],
      [`mqtt_publish_received{${n1},mqtt_version="4"}`, 2],
      [`mqtt_puback_sent{${n1},mqtt_version="4"}`, 2],
      [`queue_message_in{${n1}}`, 1],
      [`queue_message_out{${n1}}`, 0],
      [`router_matches_remote{${n1}}`, 1],
      [`retain_messages{${n1}}`, 1],
      [`router_subscriptions{${n1}}`, 2],
      [`socket_open{${n1}}`, 2],
      [`socket_close{${n1}}`, 1],
      [`webhooks_auth_on_register_requests{${n1}}`, 2],
      [`webhooks_auth_on_register_errors{${n1}}`, 0],
      [`webhooks_on_client_offline_requests{${n1}}`, 1],
      [`netsplit_detected{${n1}}`, 0],
    ];
    for (const [line, expected] of figures) expect(await value("n1", line), line).toBe(expected);
    expect(await value("n1", `bytes_received{${n1}}`)).toBeGreaterThan(100);
    expect(await value("n1", `vm_memory_total{${n1}}`)).toBeGreaterThan(10_000_000);
    expect(await value("n1", `system_wallclock{${n1}}`)).toBeLessThan(60_000);
    expect(await value("n1", `system_utilization{${n1}}`)).toBeLessThanOrEqual(100);
  });

  test("a refusal is counted by its return code and as an error of the hook", async () => {
    broker.hooks.answer(() => ({ body: '{"result":{"error":"not_allowed"}}' }));
    await expect(broker.connect("n1", { clientId: "no", username: "t" })).rejects.toThrow();
    const n1 = 'node="n1@127.0.0.1"';
    expect(await value("n1", `mqtt_connack_sent{${n1},mqtt_version="4",return_code="not_authorized"}`)).toBe(1);
    expect(await value("n1", `webhooks_auth_on_register_errors{${n1}}`)).toBe(1);
  });
});
