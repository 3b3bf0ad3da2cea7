import { z } from "zod";
import { positionOf } from "@/lib/cluster/schemas";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { isClientId } from "@/lib/mqtt/is-client-id";
import { askNode, NodeFailure, type NodeAddress } from "./ask-node";
import type { Broker, BrokerSession, ClientStatus, SessionFacts } from "./broker";
import { parsePrometheusText } from "./prometheus-text";
import { seriesValues, sourceOf } from "./vernemq-series";

/** VerneMQ's admin HTTP as recorded from 2.1.2. Its names stay in this file and its neighbours. */

const PREFIX = "vernemq_";
// /metrics answers in 4 ms and 18 ms while a peer is frozen; the calls that ask other nodes may hang for a minute.
const TIMEOUT_MS = 1_000;
// A dump of 9 263 sessions took 0.58 s.
const LIST_TIMEOUT_MS = 10_000;
const MOST_BYTES = 2 * 1024 * 1024;
const MOST_LIST_BYTES = 64 * 1024 * 1024;

const statusAnswer = z.array(z.record(z.string(), z.looseObject({ version: z.string().optional() }))).max(4);
const clusterTable = z.object({ table: z.array(z.object({ Node: z.string(), Running: z.boolean() })).max(1_000) });
const listenerTable = z.object({
  table: z
    .array(
      z.object({
        type: z.string(),
        status: z.string(),
        address: z.string(),
        port: z.coerce.number().int(),
        max_conns: z.number().int().nullish(),
        active_conns: z.number().int().nullish(),
      }),
    )
    .max(256),
});
const clientAnswer = z.looseObject({ status: z.string() });
const sessionTable = z.object({
  table: z.array(
    z.object({
      client_id: z.string(),
      node: z.string(),
      is_online: z.boolean(),
      clean_session: z.boolean(),
      peer_host: z.string().nullable(),
      peer_port: z.number().int().nullable(),
      /** ms since the epoch */
      session_started_at: z.number().nullable(),
      offline_messages: z.number().int().nullable(),
    }),
  ),
});
const SESSION_COLUMNS = [
  "client_id",
  "node",
  "is_online",
  "clean_session",
  "peer_host",
  "peer_port",
  "session_started_at",
  "offline_messages",
];

// One row a subscription; a client without any has one row with topic null.
const factTable = z.object({
  table: z.array(
    z.object({
      node: z.string(),
      is_online: z.boolean(),
      clean_session: z.boolean(),
      protocol: z.number().int().nullable(),
      session_started_at: z.number().nullable(),
      offline_messages: z.number().int().nullable(),
      waiting_acks: z.number().int().nullable(),
      topic: z.string().nullable(),
      qos: z.number().int().nullable(),
    }),
  ),
});
const FACT_FLAGS = Object.keys(factTable.shape.table.element.shape)
  .map((column) => `&--${column}`)
  .join("");
// A device of the contract has four; what has more is shown as far as this.
const MOST_SUBSCRIPTIONS = 200;

/** A broker of VerneMQ's dialect; `apiKey` needs the scopes metrics, health, status, api2 and, for the rest, mgmt. */
export function createVernemq(options: { apiKey: string; timeoutMs?: number }): Broker {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const ask = (node: NodeAddress, path: string, withinMs = timeoutMs) =>
    askNode(node, { path, apiKey: options.apiKey, timeoutMs: withinMs, mostBytes: MOST_BYTES });
  const askList = (node: NodeAddress, path: string, withinMs = LIST_TIMEOUT_MS) =>
    askNode(node, { path, apiKey: options.apiKey, timeoutMs: withinMs, mostBytes: MOST_LIST_BYTES });

  return {
    sourceOf,
    health: async (node) => void (await ask(node, "/health")),
    fetchMetrics: async (node) => readMetrics(node, await ask(node, "/metrics")),
    fetchVersion: async (node, brokerNodeName) => {
      const [nodes] = parse(statusAnswer, node, await ask(node, "/status.json"));
      return nodes?.[brokerNodeName]?.version ?? null;
    },
    clusterShow: async (node) => {
      const { table } = parse(clusterTable, node, await ask(node, "/api/v1/cluster/show"));
      return table.map((row) => ({ brokerNodeName: row.Node, isRunning: row.Running }));
    },
    listListeners: async (node) => {
      const { table } = parse(listenerTable, node, await ask(node, "/api/v1/listener/show"));
      return table.map((row) => ({
        type: row.type.slice(0, 32),
        status: row.status.slice(0, 32),
        address: row.address.slice(0, 64),
        port: row.port,
        connections: row.active_conns ?? null,
        mostConnections: row.max_conns ?? null,
      }));
    },
    clientStatus: async (node, clientId, withinMs) => {
      const path = `/api/v2/client?client_id=${checkedClientId(clientId)}`;
      return asStatus(parse(clientAnswer, node, await ask(node, path, withinMs)).status);
    },
    listSessions: async (node, filter) => {
      const path = sessionShow(filter);
      return parse(sessionTable, node, await askList(node, path, filter.timeoutMs)).table.map(asSession);
    },
    describeSession: async (node, clientId, withinMs) => {
      const path = `/api/v1/session/show?--limit=${MOST_SUBSCRIPTIONS}&--client_id=${checkedClientId(clientId)}${FACT_FLAGS}`;
      return asFacts(parse(factTable, node, await ask(node, path, withinMs)).table);
    },
    disconnectSession: async (node, clientId, keep) => {
      const cleanup = keep === "end_session" ? "&--cleanup" : "";
      const path = `/api/v1/session/disconnect?client-id=${checkedClientId(clientId)}${cleanup}`;
      await ask(node, path);
    },
  };
}

function readMetrics(node: NodeAddress, text: string) {
  const { samples: all } = parsePrometheusText(text);
  const samples = all.flatMap((sample) =>
    sample.name.startsWith(PREFIX) ? [{ ...sample, name: sample.name.slice(PREFIX.length) }] : [],
  );
  if (samples.length === 0)
    throw new NodeFailure("wrong_answer", sentence("{node} answered no metrics of a broker.", { node: node.name }));
  const values = seriesValues(samples);
  return {
    samples,
    values,
    uptimeMs: values[positionOf("uptime_ms") - 1] ?? null,
    brokerNodeName: samples[0]?.labels.node ?? null,
  };
}

/** It also says error and no_queue, which prove nothing. */
const asStatus = (status: string): ClientStatus =>
  status === "online" || status === "offline" || status === "unknown" ? status : "no_answer";

/** Outside the contract's charset an id could be a regular expression (`~`) or another parameter (`&`). */
function checkedClientId(clientId: string): string {
  if (isClientId(clientId)) return clientId;
  throw new AppError("VALIDATION", "The broker is only asked about client identifiers of the contract's charset.");
}

/** `--column` shows a column, `--column=value` filters by it. */
function sessionShow(filter: { clientId?: string; brokerNodeName?: string; limit: number }): string {
  const filters = [
    `--limit=${Math.trunc(filter.limit)}`,
    ...(filter.clientId === undefined ? [] : [`--client_id=${checkedClientId(filter.clientId)}`]),
    ...(filter.brokerNodeName === undefined ? [] : [`--node=${encodeURIComponent(filter.brokerNodeName)}`]),
  ];
  return `/api/v1/session/show?${[...filters, ...SESSION_COLUMNS.map((column) => `--${column}`)].join("&")}`;
}

const asSession = (row: z.output<typeof sessionTable>["table"][number]): BrokerSession => ({
  clientId: row.client_id,
  brokerNodeName: row.node,
  isOnline: row.is_online,
  cleanSession: row.clean_session,
  peerAddress: row.peer_host,
  peerPort: row.peer_port,
  startedAt: row.session_started_at === null ? null : new Date(row.session_started_at),
  offlineMessages: row.offline_messages ?? 0,
});

/** In a netsplit a client can be listed once a node: the online one counts. */
function asFacts(rows: z.output<typeof factTable>["table"]): SessionFacts | null {
  const row = rows.find((candidate) => candidate.is_online) ?? rows[0];
  if (!row) return null;
  return {
    brokerNodeName: row.node,
    isOnline: row.is_online,
    cleanSession: row.clean_session,
    protocolVersion: row.protocol,
    startedAt: row.session_started_at === null ? null : new Date(row.session_started_at),
    queuedMessages: row.offline_messages ?? 0,
    waitingAcks: row.waiting_acks,
    subscriptions: rows
      .filter(({ node }) => node === row.node)
      .flatMap(({ topic, qos }) => (topic === null ? [] : [{ topicFilter: topic, qos: qos ?? 0 }])),
  };
}

function parse<S extends z.ZodType>(schema: S, node: NodeAddress, text: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new NodeFailure(
      "wrong_answer",
      sentence("{node} answered something else than expected of a broker.", { node: node.name }),
      { cause: error },
    );
  }
}
