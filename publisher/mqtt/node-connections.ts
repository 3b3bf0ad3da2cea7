import { hash } from "node:crypto";
import type { Log } from "@/lib/log/log";
import type { MessageSender } from "@/lib/publish/message-sender";
import { acknowledgementOf } from "@/lib/publish/schemas";
import type { PublisherNode, ServiceSession } from "../env";
import { connectNode, type NodeConnection } from "./node-connection";

export interface NodeConnections extends MessageSender {
  /** Each node, and why it cannot be sent to, or not by each of its connections (null: it can). */
  problems: () => { node: string; problem: string | null }[];
  close: () => Promise<void>;
}

/**
 * Connections to every publisher node, as one sender. Topics are spread over those that are up, by hash; while
 * something of a topic is under way all of that topic goes over the same connection, so that its order is kept.
 */
export function connectNodes(options: {
  nodes: readonly PublisherNode[];
  /** Connections to each node; 1 unless said. */
  connections?: number;
  session: ServiceSession;
  log: Log;
  nowMs: () => number;
  onChange: () => void;
}): NodeConnections {
  const connections = options.nodes.flatMap((node) =>
    Array.from({ length: options.connections ?? 1 }, (_, index) => connectNode({ ...options, node, index })),
  );
  const topics = new Map<string, { connection: NodeConnection; underWay: number }>();

  const leave = (topicName: string): void => {
    const topic = topics.get(topicName);
    if (topic && --topic.underWay === 0) topics.delete(topicName);
  };

  return {
    isReady: () => connections.some((connection) => connection.isUp()),
    heldTopics: () => [...topics].filter(([, { connection }]) => !connection.isUp()).map(([topicName]) => topicName),
    send: async (message) => {
      const topic = topics.get(message.topicName);
      const connection = topic?.connection ?? chooseConnection(connections, message.topicName);
      if (!connection?.isUp()) throw new Error("No connection can take this message now");
      topics.set(message.topicName, { connection, underWay: (topic?.underWay ?? 0) + 1 });
      try {
        const packets = await connection.publish(message);
        return { acknowledgement: acknowledgementOf(message.qos), node: connection.node, packets };
      } finally {
        leave(message.topicName);
      }
    },
    problems: () =>
      options.nodes.map(({ name }) => {
        const problems = connections.filter(({ node }) => node === name).map((connection) => connection.problem());
        return { node: name, problem: problems.find((problem) => problem !== null) ?? null };
      }),
    close: async () => {
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}

/** Rendezvous hashing: when a connection comes or goes, only its topics move. */
function chooseConnection(connections: readonly NodeConnection[], topicName: string): NodeConnection | undefined {
  const up = connections.filter((connection) => connection.isUp());
  if (up.length < 2) return up[0];
  const weightOf = ({ clientId }: NodeConnection): string => hash("md5", `${clientId}\0${topicName}`);
  return up.reduce((best, one) => (weightOf(one) > weightOf(best) ? one : best));
}
