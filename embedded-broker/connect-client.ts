import type { IConnectPacket } from "mqtt-packet";
import { admit, type AdmissionParts } from "./admission";
import type { Clock } from "./clock";
import type { Connection } from "./connection";
import { publishing, registered, registerQuestion, sessionOnly } from "./hook-bodies";
import type { Random } from "./random";
import { readRegisterModifiers, type RegisterModifiers } from "./register-modifiers";
import type { Session } from "./sessions";
import { planTakeOver, QUEUE_PAUSE_MS, type TakeOverStep } from "./take-over";
import type { Turns } from "./turns";

/** What becomes of a CONNECT. "dropped": closed without a CONNACK, as when VerneMQ's connection process crashes. */
export type ConnectVerdict =
  { status: "admitted" } | { status: "refused"; returnCode: 2 | 3 | 5 } | { status: "dropped" };

export interface ConnectParts extends AdmissionParts {
  turns: Turns;
  clock: Clock;
  random: Random;
}

// VerneMQ's max_client_id_size; a longer one is refused without a hook. What a device may be called is the gateway's to say.
const MAX_CLIENT_ID_CHARACTERS = 100;
const MAX_OFFLINE_MESSAGES = 1_000;
// Recorded: the ending of a clean session replaced from another node comes within 10 ms, and its lateness delays nobody.
const ENDING_PATIENCE_MS = 20;

const NOT_AUTHORIZED: ConnectVerdict = { status: "refused", returnCode: 5 };
const UNAVAILABLE: ConnectVerdict = { status: "refused", returnCode: 3 };
const IDENTIFIER_REJECTED: ConnectVerdict = { status: "refused", returnCode: 2 };
const DROPPED: ConnectVerdict = { status: "dropped" };

/**
 * Everything between CONNECT and CONNACK, in VerneMQ's order: auth_on_register → (is the cluster whole?) → (ending of the session
 * this one replaces, from that session's own node) → on_client_wakeup → on_register → (auth_on_publish of the will). With a session
 * to replace the order of the middle is drawn (take-over.ts).
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
  if (verdict.status !== "ok") return NOT_AUTHORIZED;
  const modifiers = readRegisterModifiers(verdict.modifiers);
  if (modifiers === "unknown") return DROPPED;
  if (modifiers === "not allowed") return NOT_AUTHORIZED;

  const clientId = modifiers.clientId ?? client.id;
  const cleanSession = modifiers.cleanSession ?? packet.clean ?? true;
  const admission = await admit(parts, { node: home.name, clientId, cleanSession });
  if (admission === "unavailable") return UNAVAILABLE;
  if (admission === "dropped") return DROPPED;
  connection.holdTurn(await parts.turns.take(clientId));
  client.id = clientId;
  packet.clean = cleanSession;
  client.clean = cleanSession;
  // Aedes has a keep alive of its own, without VerneMQ's checks.
  connection.watchSilence(packet.keepalive ?? 0);
  packet.keepalive = 0;
  await openSession(parts, connection, { ...modifiers, username: modifiers.username ?? username ?? undefined });
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

async function openSession(parts: ConnectParts, connection: Connection, modifiers: RegisterModifiers): Promise<void> {
  const { sessions, clock } = parts;
  const { home, client } = connection;
  const previous = sessions.find(client.id);
  const plan = previous?.holder ? await beginTakeOver(parts, connection, previous) : null;
  // The queue of a persistent session that waits on another node moves here.
  if (previous && !plan && !previous.cleanSession && !client.clean && previous.nodeName !== home.name)
    await clock.sleep(QUEUE_PAUSE_MS);

  let session: Session | null = null;
  for (const step of plan?.steps ?? (["wakeup", "register"] as const)) {
    if (step === "ending") {
      await plan?.end();
      continue;
    }
    // Killed meanwhile: there is nobody to register.
    if (connection.isCut) return;
    session ??= register(parts, connection, modifiers);
    if (step === "wakeup") await home.webhooks.tell("on_client_wakeup", sessionOnly(session));
    else await home.webhooks.tell("on_register", registered(session));
  }
}

interface TakeOver {
  steps: readonly TakeOverStep[];
  /** Tells the old session's ending. */
  end: () => Promise<unknown>;
}

/** Ends the connection of the session that is replaced at once; its ending is told when its turn comes. */
async function beginTakeOver(
  { random, clock }: ConnectParts,
  { home, client }: Connection,
  previous: Session,
): Promise<TakeOver | null> {
  const { holder, cleanSession, nodeName } = previous;
  if (!holder) return null;
  const sameNode = nodeName === home.name;
  const clean = client.clean || cleanSession;
  if (holder.isClosing) {
    if (sameNode || !clean) await holder.ended;
    return null;
  }
  const plan = planTakeOver({ clean, sameNode }, random);
  let tell = (): void => {};
  const after = new Promise<void>((resolve) => {
    tell = resolve;
  });
  // What a clean session replaces ends for good, also when it was persistent.
  const told = holder.close({ ending: client.clean ? "gone" : "by-session", after });
  return {
    steps: plan.steps,
    end: async () => {
      tell();
      await (plan.waitsForEnding ? told : Promise.race([told, clock.sleep(ENDING_PATIENCE_MS)]));
      if (plan.pauseMs > 0) await clock.sleep(plan.pauseMs);
    },
  };
}

function register({ sessions }: ConnectParts, connection: Connection, modifiers: RegisterModifiers): Session {
  const { client, home, peer } = connection;
  connection.maxMessageBytes = modifiers.maxMessageBytes ?? 0;
  if (modifiers.maxConnectionLifetimeSeconds) connection.limitLifetime(modifiers.maxConnectionLifetimeSeconds);
  const session = sessions.open({
    clientId: client.id,
    cleanSession: client.clean,
    nodeName: home.name,
    user: modifiers.username ?? null,
    peer,
    protocolVersion: client.version,
    maxOfflineMessages: modifiers.maxOfflineMessages ?? MAX_OFFLINE_MESSAGES,
    holder: connection,
  });
  connection.session = session;
  return session;
}

async function isWillAllowed({ home, session }: Connection, { will }: IConnectPacket): Promise<boolean> {
  if (!will || !session) return session !== null;
  const message = { topic: will.topic, qos: will.qos ?? 0, payload: will.payload, retain: will.retain ?? false };
  const verdict = await home.webhooks.ask("auth_on_publish", publishing(session, message));
  return verdict.status === "ok";
}
