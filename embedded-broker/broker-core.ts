import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { Aedes, type AuthenticateError, type Client, type Connection as Stream } from "aedes";
import type { Log } from "@/lib/log/log";
import type { Qos } from "@/lib/mqtt/qos";
import { unparsedBytes, willOf, type DeliveredPacket } from "./aedes-internals";
import { createPacketHandler } from "./client-packets";
import type { Clock } from "./clock";
import type { ClusterLinks } from "./cluster-links";
import { connectClient, type ConnectVerdict } from "./connect-client";
import { Connection, type HomeNode } from "./connection";
import { createForwarding } from "./forwarding";
import { publishing, type HookMessage } from "./hook-bodies";
import type { NodeMetrics } from "./metrics";
import type { NetsplitRules } from "./netsplit-rules";
import { gatePackets } from "./packet-gate";
import type { Random } from "./random";
import { createExpiry, type ExpiryRules } from "./session-expiry";
import { createSessionStore, type SessionStore } from "./session-store";
import { Sessions, type Peer } from "./sessions";
import { createTurns } from "./turns";

/** A stream of bytes that speaks MQTT, and where it comes from. */
export interface Arrival {
  stream: Stream;
  socket: Socket;
  peer: Peer;
  home: HomeNode;
}

/** What all nodes share: clients, subscriptions, retained messages, sessions and their queues. */
export interface BrokerCore {
  readonly sessions: Sessions;
  readonly store: SessionStore;
  accept: (arrival: Arrival) => Connection;
  /** Nodes can reach each other again: what waited is delivered, and of two sessions of one client the older ends. */
  reunite: (from: string, to: string) => void;
  /** A node ended: what it held for others is lost. */
  nodeEnded: (nodeName: string) => void;
  /** Publishes a message that comes in by a node, from no client. */
  publish: (nodeName: string, message: HookMessage) => Promise<void>;
  close: () => Promise<void>;
}

export interface BrokerCoreParts {
  log: Log;
  clock: Clock;
  random: Random;
  links: ClusterLinks;
  rules: NetsplitRules;
  /** The run of a node, by name; null when it does not run. */
  homeOf: (nodeName: string) => HomeNode | null;
  /** When a persistent session ends that nobody resumes. */
  expiry: ExpiryRules;
}

// VerneMQ closes a socket that sends no CONNECT in this time.
const CONNECT_TIMEOUT_MS = 5_000;
// A whole packet must fit, so that nobody fills the memory before or after signing in. A guess.
const MAX_PACKET_BYTES = 1_048_576;
// Packets wait in the gate, never in Aedes; this only has to be out of the way.
const AEDES_QUEUE_LIMIT = 10_000;

// Recorded after a thaw: a persistent session that was replaced meanwhile is told offline 6.6 s later, a clean one at once.
const REPLACED_TOLD_AFTER_MS = 6_600;

/** Builds the shared part: Aedes, with VerneMQ's behaviour around it. */
export async function createBrokerCore(parts: BrokerCoreParts): Promise<BrokerCore> {
  const { log, clock, random, links, rules, homeOf } = parts;
  const metricsOf = (nodeName: string): NodeMetrics | null => homeOf(nodeName)?.metrics ?? null;
  const connections = new WeakMap<Client, Connection>();
  const turns = createTurns();
  const sessions = new Sessions(clock.now, {
    opened: ({ nodeName }) => metricsOf(nodeName)?.add("queue_setup"),
    removed: ({ clientId, nodeName }) => {
      metricsOf(nodeName)?.add("queue_teardown");
      store.forgetSession(clientId).catch((error: unknown) => log.error({ err: error }, "a session was not forgotten"));
    },
    waiting: (session) => expire(session),
  });
  const expire = createExpiry({ clock, sessions, homeOf, rules: parts.expiry });
  const store = createSessionStore({
    offlineLimit: (clientId) => {
      const session = sessions.find(clientId);
      return session && !session.online ? session.maxOfflineMessages : null;
    },
    onOfflineMessage: (subscription, packet, fate) => {
      const metrics = metricsOf(sessions.find(subscription.clientId)?.nodeName ?? "");
      metrics?.add("queue_message_in");
      if (fate === "dropped") metrics?.add("queue_message_drop");
      if (packet.cmd === "publish") forwarding.tellOffline(subscription, packet);
    },
    arrives: (clientId, packet) => forwarding.arrives(clientId, packet),
    isResumed: (clientId) => sessions.find(clientId)?.resumed ?? false,
    delivering: (clientId) => forwarding.delivering(clientId),
  });
  const forwarding = createForwarding({
    links,
    sessions,
    store,
    connectionOf: (client) => connections.get(client) ?? null,
    metricsOf,
    webhooksOf: (nodeName) => homeOf(nodeName)?.webhooks ?? null,
  });
  // A message of QoS 0 is not stored for whoever is offline, but the hook is told.
  const tellOffline = async (packet: DeliveredPacket): Promise<void> => {
    for (const subscription of await store.subscribersOf(packet.topic)) {
      const session = sessions.find(subscription.clientId);
      if (!session || session.online) continue;
      metricsOf(session.nodeName)?.add("queue_message_unhandled");
      forwarding.tellOffline(subscription, packet);
    }
  };

  const authenticate = async (connection: Connection, done: AuthenticateDone): Promise<void> => {
    const verdict = await verdictOn(connection);
    if (verdict.status === "admitted") done(null, true);
    else if (verdict.status === "refused") done(refusal(verdict.returnCode), false);
    else connection.client.close();
  };
  const verdictOn = async (connection: Connection): Promise<ConnectVerdict> => {
    try {
      if (connection.connectPacket)
        return await connectClient(
          { sessions, store, turns, links, rules, clock, random },
          connection,
          connection.connectPacket,
        );
    } catch (error) {
      log.error({ err: error }, "a CONNECT failed in the broker itself");
    }
    return { status: "dropped" };
  };

  const aedes = await Aedes.createBroker({
    persistence: store.persistence,
    connectTimeout: clock.trueMs(CONNECT_TIMEOUT_MS),
    queueLimit: AEDES_QUEUE_LIMIT,
    maxClientsIdLength: 65_535,
    authenticate: (client, _username, _password, done) => {
      const connection = connections.get(client);
      if (connection) connection.registering = authenticate(connection, done);
    },
    // Hooks were asked before Aedes saw the packet; what comes here besides is a will, asked when its client connected.
    authorizePublish: (client, packet, done) => {
      if (packet.topic.startsWith("$SYS/")) return done(new Error("$SYS topics are the broker's"));
      const connection = client ? connections.get(client) : undefined;
      if (!client || !connection || willOf(client) !== packet) return done(null);
      Object.assign(packet, { brokerId: connection.home.name });
      connection.willTold = tellWill(connection, packet, done);
      return undefined;
    },
    authorizeSubscribe: (_client, subscription, done) =>
      done(null, Number(subscription.qos) === 128 ? null : subscription),
    authorizeForward: forwarding.authorizeForward,
  });

  aedes.on("connackSent", (packet, client) => {
    const connection = connections.get(client);
    connection?.home.metrics.addConnack(packet.returnCode ?? 0);
    connection?.answer(packet.returnCode ?? 0);
  });
  aedes.on("connectionError", (client, error) => {
    if (error.message === "connect did not arrive in time")
      connections.get(client)?.home.metrics.add("socket_close_timeout");
  });
  aedes.on("subscribe", (subscriptions, client) => {
    const session = connections.get(client)?.session;
    for (const { topic, qos } of subscriptions) if (qos <= 2) session?.subscriptions.set(topic, qos);
  });
  aedes.on("unsubscribe", (topicFilters, client) => {
    const session = connections.get(client)?.session;
    for (const topicFilter of topicFilters) session?.subscriptions.delete(topicFilter);
  });
  const emitter: EventEmitter = aedes;
  emitter.on("error", (error: unknown) => log.error({ err: error }, "the broker core reports an error"));

  const packetParts = { aedes, links, rules, tellOffline };

  return {
    sessions,
    store,
    reunite: (from, to) => {
      forwarding.resume(from, to);
      for (const own of sessions.stranded) {
        const other = sessions.find(own.clientId);
        if (!other) sessions.takeBack(own);
        else if (links.reaches(other.nodeName, own.nodeName))
          void own.holder?.close({
            ending: "by-session",
            after: own.cleanSession ? undefined : clock.sleep(REPLACED_TOLD_AFTER_MS),
          });
      }
    },
    nodeEnded: forwarding.forget,
    publish: (nodeName, { topic, qos, payload, retain }) =>
      new Promise((resolve) => {
        const packet = { cmd: "publish" as const, topic, qos: qos as Qos, payload, retain, dup: false };
        aedes.publish(Object.assign(packet, { brokerId: nodeName }), () => resolve());
      }),
    accept: ({ stream, socket, peer, home }) => {
      const client = aedes.handle(stream);
      const connection = new Connection({ client, stream, socket, peer, home, sessions, clock });
      connections.set(client, connection);
      forwarding.watchDeliveries(connection);
      home.metrics.add("socket_open");
      const onError = (error: unknown): void => {
        log.error({ err: error }, "a packet could not be handled");
        connection.drop();
      };
      connection.readThrough(gatePackets(client, createPacketHandler(packetParts, connection), onError));
      stream.on("readable", () => {
        if (unparsedBytes(client) <= MAX_PACKET_BYTES) return;
        home.metrics.addVersioned("mqtt_invalid_msg_size_error", 4);
        stream.destroy();
      });
      socket.on("error", () => home.metrics.add("socket_error"));
      return connection;
    },
    close: () => new Promise((resolve) => aedes.close(resolve)),
  };
}

type AuthenticateDone = Parameters<Aedes["authenticate"]>[3];

/** A will is published after all its client sent before, and not at all when that ends with DISCONNECT. */
async function tellWill(connection: Connection, will: HookMessage, done: (error?: Error) => void): Promise<void> {
  await connection.packetsHandled();
  if (connection.saidGoodbye) return done(new Error("the client said goodbye"));
  if (connection.session) await connection.home.webhooks.tell("on_publish", publishing(connection.session, will));
  return done();
}

const refusal = (returnCode: 2 | 3 | 5): AuthenticateError => Object.assign(new Error("refused"), { returnCode });
