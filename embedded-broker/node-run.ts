import { createServer, type Server } from "node:http";
import { performance } from "node:perf_hooks";
import type { Log } from "@/lib/log/log";
import type { BrokerCore } from "./broker-core";
import type { Connection, HomeNode } from "./connection";
import type { NodeConfig } from "./env";
import { listening, listenTcp, listenWebSocket, type Listener } from "./listeners";
import { NodeMetrics, type Readings } from "./metrics";
import { createWebhooks, type Webhooks } from "./webhooks";

export interface NodeRunParts {
  host: string;
  config: NodeConfig;
  core: BrokerCore;
  log: Log;
  /** Answers the node's admin HTTP. */
  onRequest: Parameters<typeof createServer>[1];
}

/** One run of a node, from its start to its kill. Counters, cache and hook connections live as long as the run. */
export class NodeRun implements HomeNode {
  readonly name: string;
  readonly metrics = new NodeMetrics();
  readonly webhooks: Webhooks;
  private readonly startedAtMs = performance.now();
  private readonly connections = new Set<Connection>();
  private readonly listeners: Listener[] = [];
  private utilization = performance.eventLoopUtilization();

  private constructor(private readonly parts: NodeRunParts) {
    const { name, hookUrl, hooks } = parts.config;
    this.name = name;
    this.webhooks = createWebhooks({ url: hookUrl, hooks, metrics: this.metrics, log: parts.log });
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
    this.webhooks.cut();
    for (const listener of this.listeners) listener.close();
    for (const connection of this.connections) connection.cut();
  }

  /** Sockets open now, by transport. */
  openSockets(transport: "mqtt" | "mqttws"): number {
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
    const mqtt = this.openSockets("mqtt");
    const mqttws = this.openSockets("mqttws");
    return {
      total_active_connections: mqtt + mqttws,
      active_mqtt_connections: mqtt,
      active_mqttws_connections: mqttws,
      queue_processes: sessions.filter(({ nodeName }) => nodeName === this.name).length,
      retain_messages: core.store.retainedMessages(),
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
    const { host, config, core, onRequest } = this.parts;
    const onArrival = (arrival: Parameters<Parameters<typeof listenTcp>[0]["onArrival"]>[0]): void => {
      const connection = core.accept({ ...arrival, home: this });
      this.connections.add(connection);
      void connection.ended.finally(() => this.connections.delete(connection));
    };
    this.listeners.push(await listenTcp({ host, port: config.mqttPort, onArrival }));
    this.listeners.push(await listenWebSocket({ host, port: config.wsPort, onArrival }));
    const admin: Server = createServer(onRequest);
    await listening(admin, host, config.httpPort);
    this.listeners.push({
      close: () => {
        admin.close();
        admin.closeAllConnections();
      },
    });
  }
}
