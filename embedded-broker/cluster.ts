import type { BrokerCore } from "./broker-core";
import type { NodeConfig } from "./env";
import type { NodeRun } from "./node-run";

/** A node as configured, and its run while it is up. */
export interface ClusterNode {
  readonly config: NodeConfig;
  /** Erlang's name of the node, the label everywhere. */
  readonly label: string;
  readonly run: NodeRun | null;
}

/** All nodes of this process and what they share. */
export interface Cluster {
  readonly core: BrokerCore;
  readonly nodes: readonly ClusterNode[];
  find: (name: string) => ClusterNode | null;
  /** Starts a node that is down; one that is up stays as it is. */
  start: (name: string) => Promise<void>;
  /** Kills a node without a word to anybody; one that is down stays as it is. */
  kill: (name: string) => void;
  /** Kills all nodes: no hook tells of a broker that stops, as with VerneMQ. */
  close: () => Promise<void>;
}
