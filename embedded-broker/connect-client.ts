import type { IConnectPacket } from "mqtt-packet";
import type { Connection } from "./connection";
import { publishing, registered, registerQuestion, sessionOnly } from "./hook-bodies";
import { readRegisterModifiers, type RegisterModifiers } from "./register-modifiers";
import type { Sessions } from "./sessions";
import type { Turns } from "./turns";

/** What becomes of a CONNECT. "dropped": closed without a CONNACK, as when VerneMQ's connection process crashes. */
export type ConnectVerdict = { status: "admitted" } | { status: "refused"; returnCode: 2 | 5 } | { status: "dropped" };

export interface ConnectParts {
  sessions: Sessions;
  turns: Turns;
}

// VerneMQ's max_client_id_size; a longer one is refused without a hook. What a device may be called is the gateway's to say.
const MAX_CLIENT_ID_CHARACTERS = 100;
const MAX_OFFLINE_MESSAGES = 1_000;

const NOT_AUTHORIZED: ConnectVerdict = { status: "refused", returnCode: 5 };
const IDENTIFIER_REJECTED: ConnectVerdict = { status: "refused", returnCode: 2 };
const DROPPED: ConnectVerdict = { status: "dropped" };

/**
 * Everything between CONNECT and CONNACK, in VerneMQ's order: auth_on_register → (ending of the session this one replaces,
 * from that session's own node) → on_client_wakeup → on_register → (auth_on_publish of the will).
 * Which CONNECT of several with one client identifier wins is decided by whose auth finishes last.
 */
export async function connectClient(
  parts: ConnectParts,
  connection: Connection,
  packet: IConnectPacket,
): Promise<ConnectVerdict> {
  const { client, home, peer } = connection;
  // [MQTT-3.1.3-8] no identifier and a persistent session
  if (packet.clientId === "" && !packet.clean) return IDENTIFIER_REJECTED;
  if (client.id.length > MAX_CLIENT_ID_CHARACTERS) return IDENTIFIER_REJECTED;

  const username = packet.username ?? null;
  const verdict = await home.webhooks.ask(
    "auth_on_register",
    registerQuestion({
      peer,
      clientId: client.id,
      username,
      password: packet.password?.toString("utf8") ?? null,
      cleanSession: packet.clean ?? true,
    }),
  );
  forgetCredentials(packet);
  if (verdict.status === "malformed") return DROPPED;
  const modifiers = verdict.status === "ok" ? readRegisterModifiers(verdict.modifiers) : null;
  if (!modifiers) return NOT_AUTHORIZED;

  const clientId = modifiers.clientId ?? client.id;
  connection.holdTurn(await parts.turns.take(clientId));
  client.id = clientId;
  await openSession(parts, connection, packet, { ...modifiers, username: modifiers.username ?? username ?? undefined });
  return (await isWillAllowed(connection, packet)) ? { status: "admitted" } : NOT_AUTHORIZED;
}

/**
 * Aedes's parser keeps the CONNECT packet as long as the connection lasts: no token may stay in it. A will's payload is a view
 * of the bytes that were read, the token among them, so it is copied.
 */
function forgetCredentials(packet: IConnectPacket): void {
  packet.username = undefined;
  packet.password = undefined;
  if (packet.will) packet.will.payload = Buffer.from(packet.will.payload);
}

async function openSession(
  { sessions }: ConnectParts,
  connection: Connection,
  packet: IConnectPacket,
  modifiers: RegisterModifiers,
): Promise<void> {
  const { client, home, peer } = connection;
  const cleanSession = modifiers.cleanSession ?? packet.clean ?? true;
  packet.clean = cleanSession;
  client.clean = cleanSession;
  // What a clean session replaces ends for good, also when it was persistent.
  const previous = sessions.find(client.id);
  await previous?.holder?.close({ ending: cleanSession ? "gone" : "by-session" });
  if (connection.isCut) return;

  connection.maxMessageBytes = modifiers.maxMessageBytes ?? 0;
  if (modifiers.maxConnectionLifetimeSeconds) connection.limitLifetime(modifiers.maxConnectionLifetimeSeconds);
  const session = sessions.open({
    clientId: client.id,
    cleanSession,
    nodeName: home.name,
    user: modifiers.username ?? null,
    peer,
    protocolVersion: client.version,
    maxOfflineMessages: modifiers.maxOfflineMessages ?? MAX_OFFLINE_MESSAGES,
    holder: connection,
  });
  connection.session = session;
  await home.webhooks.tell("on_client_wakeup", sessionOnly(session));
  await home.webhooks.tell("on_register", registered(session));
}

async function isWillAllowed({ home, session }: Connection, { will }: IConnectPacket): Promise<boolean> {
  if (!will || !session) return session !== null;
  const message = { topic: will.topic, qos: will.qos ?? 0, payload: will.payload, retain: will.retain ?? false };
  const verdict = await home.webhooks.ask("auth_on_publish", publishing(session, message));
  return verdict.status === "ok";
}
