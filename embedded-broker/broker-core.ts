import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { Aedes, type AuthenticateError, type Client, type Connection as Stream } from "aedes";
import type { Log } from "@/lib/log/log";
import type { Qos } from "@/lib/mqtt/qos";
import { filterMatchesName } from "@/lib/mqtt/topics";
import { unparsedBytes, willOf } from "./aedes-internals";
import { createPacketHandler } from "./client-packets";
import { connectClient, type ConnectVerdict } from "./connect-client";
import { Connection, type HomeNode } from "./connection";
import { publishing, type HookMessage } from "./hook-bodies";
import type { NodeMetrics } from "./metrics";
import { gatePackets } from "./packet-gate";
import { createSessionStore, type SessionStore } from "./session-store";
import { Sessions, type Peer, type Session } from "./sessions";
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
  close: () => Promise<void>;
}

export interface BrokerCoreParts {
  log: Log;
  now: () => number;
  /** Counters of a node that runs, by name; null when it does not. */
  metricsOf: (nodeName: string) => NodeMetrics | null;
}

// VerneMQ closes a socket that sends no CONNECT in this time.
const CONNECT_TIMEOUT_MS = 5_000;
// A whole packet must fit, so that nobody fills the memory before or after signing in. A guess.
const MAX_PACKET_BYTES = 1_048_576;
// Packets wait in the gate, never in Aedes; this only has to be out of the way.
const AEDES_QUEUE_LIMIT = 10_000;

/** Builds the shared part: Aedes, with VerneMQ's behaviour around it. */
export async function createBrokerCore({ log, now, metricsOf }: BrokerCoreParts): Promise<BrokerCore> {
  const connections = new WeakMap<Client, Connection>();
  const turns = createTurns();
  const sessions = new Sessions(now, {
    opened: ({ nodeName }) => metricsOf(nodeName)?.add("queue_setup"),
    removed: ({ clientId, nodeName }) => {
      metricsOf(nodeName)?.add("queue_teardown");
      store.forgetSession(clientId).catch((error: unknown) => log.error({ err: error }, "a session was not forgotten"));
    },
  });
  const store = createSessionStore({
    offlineLimit: (clientId) => {
      const session = sessions.find(clientId);
      return session && !session.online ? session.maxOfflineMessages : null;
    },
    onOfflineMessage: (clientId, fate) => {
      const metrics = metricsOf(sessions.find(clientId)?.nodeName ?? "");
      metrics?.add("queue_message_in");
      if (fate === "dropped") metrics?.add("queue_message_drop");
    },
  });

  const publisherOf = (packet: object): Session | null =>
    "clientId" in packet && typeof packet.clientId === "string" ? sessions.find(packet.clientId) : null;
  const countMatch = (publisher: Session | null, receiver: Session): void => {
    if (!publisher) return;
    const isLocal = publisher.nodeName === receiver.nodeName;
    metricsOf(publisher.nodeName)?.add(isLocal ? "router_matches_local" : "router_matches_remote");
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
        return await connectClient({ sessions, turns }, connection, connection.connectPacket);
    } catch (error) {
      log.error({ err: error }, "a CONNECT failed in the broker itself");
    }
    return { status: "dropped" };
  };

  const aedes = await Aedes.createBroker({
    persistence: store.persistence,
    connectTimeout: CONNECT_TIMEOUT_MS,
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
      connection.willTold = tellWill(connection, packet, done);
      return undefined;
    },
    authorizeSubscribe: (_client, subscription, done) =>
      done(null, Number(subscription.qos) === 128 ? null : subscription),
    authorizeForward: (client, packet) => {
      // Aedes's own messages, which name clients. VerneMQ publishes none by default.
      if (packet.topic.startsWith("$SYS/")) return null;
      const connection = connections.get(client);
      const session = connection?.session;
      if (!session) return null;
      const { metrics } = connection.home;
      metrics.addVersioned("mqtt_publish_sent", session.protocolVersion);
      metrics.add("queue_message_out");
      // With a packet identifier it comes from the queue, where it was counted in.
      if (packet.messageId === undefined) metrics.add("queue_message_in");
      countMatch(publisherOf(packet), session);
      return { ...packet, qos: grantedQos(session.subscriptions, packet) };
    },
  });

  aedes.on("connackSent", (packet, client) => {
    const connection = connections.get(client);
    connection?.home.metrics.addConnack(packet.returnCode ?? 0);
    connection?.answer(packet.returnCode ?? 0);
  });
  aedes.on("keepaliveTimeout", (client) => {
    connections.get(client)?.home.metrics.addVersioned("client_keepalive_expired", client.version);
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

  return {
    sessions,
    store,
    accept: ({ stream, socket, peer, home }) => {
      const client = aedes.handle(stream);
      const connection = new Connection({ client, stream, socket, peer, home, sessions });
      connections.set(client, connection);
      home.metrics.add("socket_open");
      const onError = (error: unknown): void => {
        log.error({ err: error }, "a packet could not be handled");
        connection.drop();
      };
      connection.readThrough(gatePackets(client, createPacketHandler(aedes, connection), onError));
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

const refusal = (returnCode: 2 | 5): AuthenticateError => Object.assign(new Error("refused"), { returnCode });

/** [MQTT-3.8.4-6]: Aedes lowers the QoS only where the topic filter is the topic name. */
function grantedQos(subscriptions: ReadonlyMap<string, Qos>, packet: { topic: string; qos: Qos }): Qos {
  if (packet.qos === 0) return 0;
  const granted = [...subscriptions].flatMap(([topicFilter, qos]) =>
    filterMatchesName(topicFilter, packet.topic) ? [qos] : [],
  );
  // None: a SUBSCRIBE that Aedes has in effect and has not reported yet.
  return granted.length === 0 ? packet.qos : (Math.min(packet.qos, Math.max(...granted)) as Qos);
}
