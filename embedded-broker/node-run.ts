import { createServer, type Server } from "node:http";
import { performance } from "node:perf_hooks";
import type { Log } from "@/lib/log/log";
import type { BrokerCore } from "./broker-core";
import type { Clock } from "./clock";
import type { Connection, HomeNode } from "./connection";
import type { NodeConfig } from "./env";
import type { HookFaults } from "./hook-faults";
import {
  listening,
  listenTcp,
  listenTls,
  listenWebSocket,
  type Listener,
  type ListenerOptions,
  type TlsKeys,
} from "./listeners";
import { NodeMetrics, type Readings } from "./metrics";
import { NodePace } from "./node-pace";
import type { Peer } from "./sessions";
import { createWebhooks, type Webhooks } from "./webhooks";

// As long as for a CONNECT.
const PROXY_HEADER_TIMEOUT_MS = 5_000;

export interface NodeRunParts {
  host: string;
  config: NodeConfig;
  core: BrokerCore;
  log: Log;
  clock: Clock;
  faults: HookFaults;
  tls: TlsKeys | null;
  /** Answers the node's admin HTTP. */
  onRequest: Parameters<typeof createServer>[1];
}

/** One run of a node, from its start to its kill. Counters, cache and hook connections live as long as the run. */
export class NodeRun implements HomeNode {
  readonly name: string;
  readonly metrics = new NodeMetrics();
  readonly webhooks: Webhooks;
  readonly pace: NodePace;
  private readonly startedAtMs = performance.now();
  private readonly connections = new Set<Connection>();
  private readonly listeners: Listener[] = [];
  private isKilled = false;
  private utilization = performance.eventLoopUtilization();

  private constructor(private readonly parts: NodeRunParts) {
    const { config, log, clock, faults } = parts;
    const { name, hookUrl: url, hooks } = config;
    this.name = name;
    this.pace = new NodePace(clock);
    const { metrics, pace } = this;
    this.webhooks = createWebhooks({ node: name, url, hooks, metrics, pace, faults, clock, log });
  }

  /** Starts a node: its listeners are open when this resolves, and all closed when it rejects. */
  static async start(parts: NodeRunParts): Promise<NodeRun> {
    const run = new NodeRun(parts);
    try {
      await run.listen();
    } catch (error) {
      run.kill();
      throw error;
    }
    return run;
  }

  /** As `kill -9` looks from outside: sockets are cut, nothing is told to anybody. */
  kill(): void {
    this.isKilled = true;
    this.webhooks.cut();
    for (const listener of this.listeners) listener.close();
    for (const connection of this.connections) connection.cut();
    // What waited for a thaw finds that all is cut.
    this.pace.unfreeze();
  }

  /** Sockets open now, by transport. */
  openSockets(transport: Peer["transport"]): number {
    let open = 0;
    for (const { peer } of this.connections) if (peer.transport === transport) open += 1;
    return open;
  }

  /** Readings of this moment, and the byte counters brought up to date. System figures are the process's: nodes share it. */
  readings(): Readings {
    for (const connection of this.connections) connection.countBytes();
    const { core } = this.parts;
    const sessions = [...core.sessions.all()];
    const memory = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const before = this.utilization;
    this.utilization = performance.eventLoopUtilization();
    const mqtt = this.openSockets("mqtt") + this.openSockets("mqtts");
    const mqttws = this.openSockets("mqttws");
    return {
      total_active_connections: mqtt + mqttws,
      active_mqtt_connections: mqtt,
      active_mqttws_connections: mqttws,
      queue_processes: sessions.filter(({ nodeName }) => nodeName === this.name).length,
      retain_messages: core.store.retained().size,
      retain_memory: [...core.store.retained()].reduce((sum, [topic, { length }]) => sum + topic.length + length, 0),
      router_subscriptions: sessions.reduce((sum, { subscriptions }) => sum + subscriptions.size, 0),
      // Since the last reading.
      system_utilization: Math.round(performance.eventLoopUtilization(this.utilization, before).utilization * 100),
      vm_memory_binary: memory.arrayBuffers,
      vm_memory_processes_used: memory.heapUsed,
      vm_memory_processes: memory.heapTotal,
      vm_memory_total: memory.rss,
      system_wallclock: Math.round(performance.now() - this.startedAtMs),
      system_runtime: Math.round((user + system) / 1_000),
    };
  }

  private async listen(): Promise<void> {
    const { host, config, onRequest, tls, clock } = this.parts;
    const proxyHeaderTimeoutMs = config.proxyProtocol ? clock.trueMs(PROXY_HEADER_TIMEOUT_MS) : null;
    const options = (port: number): ListenerOptions => ({
      host,
      port,
      proxyHeaderTimeoutMs,
      onArrival: (arrival) => void this.accept(arrival),
    });
    this.listeners.push(await listenTcp(options(config.mqttPort)));
    this.listeners.push(await listenWebSocket(options(config.wsPort)));
    if (config.tlsPort !== undefined) {
      if (!tls)
        throw new Error(`Node ${config.name} has a tlsPort: give EMBEDDED_BROKER_TLS_CERT_FILE and …_KEY_FILE.`);
      this.listeners.push(await listenTls({ ...options(config.tlsPort), keys: tls }));
    }
    const admin: Server = createServer(onRequest);
    await listening(admin, host, config.httpPort);
    this.listeners.push({
      close: () => {
        admin.close();
        admin.closeAllConnections();
      },
    });
  }

  /** A frozen node accepts nobody: the connection is open and silent, as the kernel's. */
  private async accept(arrival: Parameters<ListenerOptions["onArrival"]>[0]): Promise<void> {
    if (this.pace.isFrozen) await this.pace.unfrozen();
    if (this.isKilled) return void arrival.socket.destroy();
    const connection = this.parts.core.accept({ ...arrival, home: this });
    this.connections.add(connection);
    void connection.ended.finally(() => this.connections.delete(connection));
    return undefined;
  }
}
