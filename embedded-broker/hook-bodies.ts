import type { Session } from "./sessions";

/** What auth_on_register is asked about; the only place a token passes through. */
export interface RegisterQuestion {
  peer: { address: string; port: number };
  clientId: string;
  username: string | null;
  password: string | null;
  cleanSession: boolean;
}

/** A message as a hook shows it. */
export interface HookMessage {
  topic: string;
  qos: number;
  payload: Buffer | string;
  retain: boolean;
}

export interface HookTopic {
  topic: string;
  qos: number;
}

// The order of the keys is VerneMQ's, as recorded; JSON keeps it. The only mountpoint is the default one.
const mountpoint = "";

export const registerQuestion = (question: RegisterQuestion) => ({
  peer_addr: question.peer.address,
  peer_port: question.peer.port,
  mountpoint,
  client_id: question.clientId,
  username: question.username,
  password: question.password,
  clean_session: question.cleanSession,
});

export const registered = (session: Session) => ({
  peer_addr: session.peer.address,
  peer_port: session.peer.port,
  mountpoint,
  client_id: session.clientId,
  username: session.user,
});

/** Wakeup, offline and gone name nothing but the client. */
export const sessionOnly = (session: Session) => ({ mountpoint, client_id: session.clientId });

export const subscribing = (session: Session, topics: readonly HookTopic[]) => ({
  username: session.user,
  mountpoint,
  client_id: session.clientId,
  topics: topics.map(({ topic, qos }) => ({ topic, qos })),
});

export const unsubscribing = (session: Session, topics: readonly string[]) => ({
  username: session.user,
  mountpoint,
  client_id: session.clientId,
  topics,
});

export const publishing = (session: Session, message: HookMessage) => ({
  username: session.user,
  mountpoint,
  client_id: session.clientId,
  qos: message.qos,
  topic: message.topic,
  payload: Buffer.from(message.payload).toString("base64"),
  retain: message.retain,
});

/** on_deliver names the receiver; the properties are empty for MQTT 3.1.1, but there. */
export const delivering = (session: Session, message: HookMessage) => ({
  ...publishing(session, message),
  properties: {},
});

/** on_offline_message knows no user name; its QoS is the subscription's. */
export const waiting = (session: Session, message: HookMessage) => ({
  mountpoint,
  client_id: session.clientId,
  qos: message.qos,
  topic: message.topic,
  payload: Buffer.from(message.payload).toString("base64"),
  retain: message.retain,
});
