import type { NodeListener, SeriesMetric } from "@/lib/cluster/schemas";
import type { NodeAddress } from "./ask-node";
import type { Sample } from "./prometheus-text";

/** One session as the broker lists it. */
export interface BrokerSession {
  clientId: string;
  /** The broker's own name of the node; `NodeMetrics.brokerNodeName` ties it to one of ours. */
  brokerNodeName: string;
  isOnline: boolean;
  cleanSession: boolean;
  peerAddress: string | null;
  peerPort: number | null;
  /** Null while offline. */
  startedAt: Date | null;
  offlineMessages: number;
}

/** One client's session in full, as the broker has it now. */
export interface SessionFacts {
  brokerNodeName: string;
  isOnline: boolean;
  cleanSession: boolean;
  /** Of MQTT, as the broker counts: 3, 4 (3.1.1), 5; null while offline. */
  protocolVersion: number | null;
  startedAt: Date | null;
  /** Waiting for the client to come back. */
  queuedMessages: number;
  /** Sent to the client, not acknowledged by it yet; null while offline. */
  waitingAcks: number | null;
  subscriptions: { topicFilter: string; qos: number }[];
}

/**
 * What a node says of one client. `unknown`: it sees no session of it, which one node alone does not prove, as it does not see
 * the sessions of a node it has lost; `no_answer`: anything else, which proves nothing.
 */
export type ClientStatus = "online" | "offline" | "unknown" | "no_answer";

export interface NodeMetrics {
  /** Names as the broker writes them, without its prefix. */
  samples: Sample[];
  /** In the order of SERIES_METRICS; null where the node did not say. */
  values: (number | null)[];
  /** How long this life of the node has lasted; null when it did not say. */
  uptimeMs: number | null;
  brokerNodeName: string | null;
}

/**
 * What we ask of a broker over its admin HTTP, node by node. Every call ends within its time-out and throws a NodeFailure
 * (UNAVAILABLE, naming the node) when the node gives no usable answer.
 */
export interface Broker {
  /** Throws unless the node says it is well. */
  health: (node: NodeAddress) => Promise<void>;
  fetchMetrics: (node: NodeAddress) => Promise<NodeMetrics>;
  /** Version of the node with the broker's own name `brokerNodeName`; null when it does not tell. */
  fetchVersion: (node: NodeAddress, brokerNodeName: string) => Promise<string | null>;
  /** The cluster as this node sees it. */
  clusterShow: (node: NodeAddress) => Promise<{ brokerNodeName: string; isRunning: boolean }[]>;
  /** Where this node listens, and how many are connected there. */
  listListeners: (node: NodeAddress) => Promise<NodeListener[]>;
  /** The cheap and exact question about one client; the client id is checked against the contract first. */
  clientStatus: (node: NodeAddress, clientId: string, timeoutMs?: number) => Promise<ClientStatus>;
  /**
   * Sessions in no order, at most `limit` of each node: of one client, of one node, or all. Not a proof of absence: the
   * broker leaves out rows it was too slow to ask.
   */
  listSessions: (
    node: NodeAddress,
    filter: { clientId?: string; brokerNodeName?: string; limit: number; timeoutMs?: number },
  ) => Promise<BrokerSession[]>;
  /** One client's session with its subscriptions; null when this node sees none, or was too slow to ask the one that holds it. */
  describeSession: (node: NodeAddress, clientId: string, timeoutMs?: number) => Promise<SessionFacts | null>;
  /** Ends the client's connection; the broker says done for unknown clients too. */
  disconnectSession: (node: NodeAddress, clientId: string, keep: "keep_session" | "end_session") => Promise<void>;
  /** The broker's name of what a metric is read from, to show beside a figure. */
  sourceOf: (metric: SeriesMetric) => string;
}
