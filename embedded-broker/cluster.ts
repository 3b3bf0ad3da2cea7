import type { BrokerCore } from "./broker-core";
import type { Clock } from "./clock";
import type { ClusterLinks } from "./cluster-links";
import type { NodeConfig } from "./env";
import type { HookFaults } from "./hook-faults";
import type { NetsplitRules } from "./netsplit-rules";
import type { NodeRun } from "./node-run";
import type { Random } from "./random";
import type { ExpiryRules } from "./session-expiry";

export type NodeState = "up" | "frozen" | "down";

/** A node as configured, and its run while it is up. */
export interface ClusterNode {
  readonly config: NodeConfig;
  /** Erlang's name of the node, the label everywhere. */
  readonly label: string;
  readonly run: NodeRun | null;
  /** How its last run ended; null while it is up. */
  readonly ended: "killed" | "stopped" | null;
}

/** All nodes of this process and what they share. Everything done to a node leaves one as it is that is so already. */
export interface Cluster {
  readonly core: BrokerCore;
  readonly nodes: readonly ClusterNode[];
  readonly links: ClusterLinks;
  readonly rules: NetsplitRules;
  readonly expiry: ExpiryRules;
  readonly faults: HookFaults;
  readonly random: Random;
  readonly clock: Clock;
  readonly seed: number;
  find: (name: string) => ClusterNode | null;
  stateOf: (name: string) => NodeState;
  /** Starts a node that is down. */
  start: (name: string) => Promise<void>;
  /** As kill -9: sockets are cut, nothing is told to anybody. */
  kill: (name: string) => void;
  /** As `vernemq stop`: recorded, it tells as little as a kill. */
  stop: (name: string) => void;
  /** As SIGSTOP: sockets stay open and silent; others notice after 72 s. */
  freeze: (name: string) => void;
  /** As SIGCONT: what waited goes on, late. */
  thaw: (name: string) => void;
  /** Registers other hooks of a node, or elsewhere, while it runs; what is not given stays. Also for its next runs. */
  registerHooks: (name: string, registration: { url?: string; hooks?: NodeConfig["hooks"] }) => void;
  /** Every packet, hook and admin request of the node waits this long; 0 ends it. */
  slow: (name: string, latencyMs: number) => void;
  /** Kills all nodes: no hook tells of a broker that stops, as with VerneMQ. */
  close: () => Promise<void>;
}
