import type { Socket } from "node:net";
import type { Client, Connection as Stream } from "aedes";
import type { IConnectPacket } from "mqtt-packet";
import { forgetWill, renameClient, type DeliveredPacket } from "./aedes-internals";
import type { Clock, Wait } from "./clock";
import { sessionOnly } from "./hook-bodies";
import { KeepAlive } from "./keep-alive";
import type { NodeMetrics } from "./metrics";
import type { NodePace } from "./node-pace";
import type { PacketGate } from "./packet-gate";
import type { Ending, Peer, Session, SessionHolder, Sessions } from "./sessions";
import type { Webhooks } from "./webhooks";

/** What a connection needs of the running node it came in by. */
export interface HomeNode {
  readonly name: string;
  readonly metrics: NodeMetrics;
  readonly webhooks: Webhooks;
  readonly pace: NodePace;
}

export interface ConnectionParts {
  client: Client;
  stream: Stream;
  /** The TCP socket below, also of a WebSocket. */
  socket: Socket;
  peer: Peer;
  home: HomeNode;
  sessions: Sessions;
  clock: Clock;
}

/**
 * One network connection of a client.
 *
 * open → (auth accepted, turn taken) → holding a session → (CONNACK 0) → admitted → (socket closed) → ended
 * open → (refused, or closed early) → ended
 *
 * The closing of the socket is the only way to the end, whoever began it; the ending is told exactly once, after a CONNECT
 * under way was told to its end, as VerneMQ does with a client that vanishes during its auth.
 */
export class Connection implements SessionHolder {
  readonly client: Client;
  readonly peer: Peer;
  readonly home: HomeNode;
  /** The CONNECT packet, without its credentials once they were checked. */
  connectPacket: IConnectPacket | null = null;
  session: Session | null = null;
  /** Largest payload this client may publish; 0 is no limit. */
  maxMessageBytes = 0;
  /** The CONNECT under way; never rejects. */
  registering: Promise<void> = Promise.resolve();
  /** Did it send DISCONNECT? Then its will is not published. [MQTT-3.14.4-3] */
  saidGoodbye = false;
  /** Telling of a will that is published; never rejects. */
  willTold: Promise<void> = Promise.resolve();
  /** Resolves with the CONNACK, or with the end when there was none. */
  readonly answered: Promise<void>;
  readonly ended: Promise<void>;

  private gate: PacketGate | null = null;
  private markAnswered: () => void = () => {};
  private endTurn: () => void = () => {};
  private ending: Ending = "by-session";
  private lifetime: Wait | null = null;
  private keepAlive: KeepAlive | null = null;
  private toldAfter: Promise<unknown> = Promise.resolve();
  private countedBytes = { received: 0, sent: 0 };

  constructor(private readonly parts: ConnectionParts) {
    this.client = parts.client;
    this.peer = parts.peer;
    this.home = parts.home;
    this.answered = new Promise((resolve) => {
      this.markAnswered = resolve;
    });
    this.ended = new Promise<void>((resolve) => {
      parts.stream.once("close", resolve);
    }).then(() => this.finish());
  }

  /** Must be called before the first byte is read. */
  readThrough(gate: PacketGate): void {
    this.gate = gate;
  }

  /** Resolves when every packet the client sent is handled. */
  async packetsHandled(): Promise<void> {
    await this.gate?.idle();
  }

  get isClosing(): boolean {
    return this.client.closed;
  }

  /** The turn of this client identifier, ended by the CONNACK or the end of the connection. */
  holdTurn(end: () => void): void {
    this.endTurn = end;
  }

  /** Notes that a CONNACK was written. After a refusal the turn lasts until the ending is told. */
  answer(returnCode: number): void {
    if (returnCode === 0) this.endTurn();
    this.markAnswered();
  }

  /** Is a session this connection may still hold a session of a live connection? False once its node was killed. */
  get isCut(): boolean {
    return this.ending === "untold";
  }

  /** Ends the connection when it has lasted this long. */
  limitLifetime(seconds: number): void {
    this.lifetime = this.parts.clock.after(seconds * 1_000, () => this.drop());
  }

  /** Watches from now on that packets come. */
  watchSilence(keepAliveSeconds: number): void {
    this.keepAlive = new KeepAlive(this.parts.clock, keepAliveSeconds * 1_000, () => void this.endSilent());
  }

  /** A packet came. */
  noteActivity(): void {
    this.keepAlive?.refresh();
  }

  deliver(packet: DeliveredPacket): void {
    this.client.publish({ ...packet, cmd: "publish" }, () => {});
  }

  unsubscribe(topicFilters: string[]): Promise<void> {
    return new Promise((resolve) => {
      this.client.unsubscribe({ cmd: "unsubscribe", unsubscriptions: topicFilters }, () => resolve());
    });
  }

  strand(own: Session): void {
    this.session = own;
    this.client.clean = true;
    renameClient(this.client, `${own.clientId}\u0000${own.serial}`);
  }

  reattach(session: Session): void {
    this.client.clean = session.cleanSession;
    renameClient(this.client, session.clientId);
  }

  /** Ends the connection as the broker's decision: what the client sent and still waits is forgotten. */
  drop(): void {
    this.gate?.discard();
    this.client.close();
  }

  async close({ ending, after }: { ending: Ending; after?: Promise<unknown> }): Promise<void> {
    this.ending = ending;
    if (after) this.toldAfter = after;
    this.drop();
    await this.ended;
  }

  /** Cuts the socket without a word: no will, no hook. */
  cut(): void {
    this.ending = "untold";
    this.gate?.discard();
    forgetWill(this.client);
    this.parts.stream.destroy();
  }

  /** Brings the node's byte counters up to date. */
  countBytes(): void {
    const { bytesRead, bytesWritten } = this.parts.socket;
    this.home.metrics.add("bytes_received", bytesRead - this.countedBytes.received);
    this.home.metrics.add("bytes_sent", bytesWritten - this.countedBytes.sent);
    this.countedBytes = { received: bytesRead, sent: bytesWritten };
  }

  private async endSilent(): Promise<void> {
    await this.home.pace.unfrozen();
    if (this.isClosing) return;
    this.home.metrics.addVersioned("client_keepalive_expired", this.client.version);
    this.drop();
  }

  private async finish(): Promise<void> {
    this.countBytes();
    this.home.metrics.add("socket_close");
    this.markAnswered();
    await this.registering;
    this.lifetime?.cancel();
    this.keepAlive?.stop();
    await this.packetsHandled();
    if (this.session) await this.endSession(this.session);
    this.endTurn();
  }

  private async endSession(session: Session): Promise<void> {
    this.parts.sessions.goOffline(session, this);
    await this.willTold;
    await this.toldAfter;
    const hook = this.ending === "gone" || session.cleanSession ? "on_client_gone" : "on_client_offline";
    if (this.ending !== "untold") await this.home.webhooks.tell(hook, sessionOnly(session));
    // Only now: until then a CONNECT with this client identifier waits, so that its wakeup follows this ending.
    this.parts.sessions.release(session, this);
  }
}
