import type { Duplex } from "node:stream";
import { MqttClient } from "mqtt";
import { deviceTopics, groupTopic } from "@/lib/mqtt/device-topics";
import { backOffMs } from "./back-off";
import type { DeviceLog } from "./call-log";
import { CommandAnswerer } from "./command-answerer";
import type { DeviceEvent } from "./device-events";
import type { DeviceStorage } from "./device-storage";
import { DEVICE_TIMING, type DeviceTiming } from "./device-timing";
import type { DeviceToken } from "./device-token";
import { putBytes, type PutBytes } from "./put-bytes";
import { between, type Random } from "./random";
import { Subscriptions } from "./subscriptions";

export type DeviceState =
  | { status: "stopped" }
  | { status: "connecting" }
  | { status: "online"; sinceMs: number }
  | { status: "waiting"; forMs: number };

/**
 * What a device lets its owner see of it: for counting, never needed to work. `connection` numbers a device's accepted connections; each
 * ends once: `left` by its own wish, `replaced` by its own next one, `lost` without its wish.
 */
export type Happening =
  | { kind: "connected"; connection: number; sessionPresent: boolean }
  | { kind: "ended"; connection: number; why: "left" | "replaced" | "lost" }
  | { kind: "refused"; returnCode: number }
  | { kind: "command" }
  | { kind: "event"; event: DeviceEvent }
  | { kind: "subscription-refused"; topicFilter: string };

export interface DeviceOptions {
  clientId: string;
  /** Opens a connection (TCP, or TLS off loopback) to the load balancer. Its failures are the stream's errors. */
  openStream: () => Duplex;
  topicRoot: string;
  groups: readonly string[];
  /** False: the broker keeps subscriptions and queues QoS 1 messages while the phone is away. */
  cleanSession: boolean;
  gzip: boolean;
  /** Asked before each connect; `refused` asks for a new token because the last one was not taken. */
  getToken: (why: "connect" | "refused") => Promise<DeviceToken>;
  log: DeviceLog;
  /** What survives the end of the app's process. */
  storage: DeviceStorage;
  isOnWifi?: () => boolean;
  /** A reason to decline when the log is asked for; null: none. */
  refusesLogs?: () => string | null;
  putBytes?: PutBytes;
  timing?: DeviceTiming;
  /** Messages of the inbox, groups and followed topics. Must not throw. */
  onMessage: (topicName: string, payload: Buffer) => void;
  onHappening?: (happening: Happening) => void;
  random: Random;
  now: () => number;
}

interface Connection {
  client: MqttClient;
  /** Set once the broker accepted it. */
  number: number | null;
  /** Why this side ended it; null: it did not. */
  ended: "left" | "replaced" | null;
}

// Reconnect with a new token when this much of the old one's life is over, at a random moment between: phones that signed in
// together do not come together.
const REFRESH_EARLIEST = 0.8;
const REFRESH_LATEST = 0.95;
// A token that was taken although our clock says it is over: the clock is wrong, so its end is not known.
const REFRESH_BLIND_MS = 10 * 60_000;
// Unacknowledged events kept for the next connection; the oldest is dropped.
const MOST_EVENTS = 100;
// MQTT 3.1.1 §3.2.2.3: bad user name or password; not authorized.
const TOKEN_REFUSED = new Set([4, 5]);

/**
 * The reference device agent: one phone of contract 1 (docs/devices.md), MQTT 3.1.1 over TCP.
 *
 *   stopped      wants no connection. start → connecting
 *   connecting   asks for a token, then awaits CONNACK. Accepted → online; refused or unreachable → waiting
 *   online       socket lost → waiting; token near its end, or another network → connecting
 *   waiting      back-off with full jitter, or another network → connecting
 *   stop, close  → stopped, from any state
 *
 * Each connection is a new MQTT client: session state lives in the broker (clean session 0), and what this side must keep over a
 * connection — wanted subscriptions and unacknowledged events — is kept here, in sight. Answers by command id, and logs promised
 * but not sent, are kept on disk (DeviceStorage): the system ends an app's process whenever it likes.
 */
export class Device {
  readonly #options: DeviceOptions;
  readonly #timing: DeviceTiming;
  readonly #topics: ReturnType<typeof deviceTopics>;
  readonly #answerer: CommandAnswerer;
  readonly #subscriptions: Subscriptions;
  readonly #events = new Map<number, DeviceEvent>();
  #eventNumber = 0;
  #state: DeviceState = { status: "stopped" };
  #connection: Connection | null = null;
  #connections = 0;
  /** Which connection attempt is the current one; what belongs to an older one is ignored. */
  #turn = 0;
  #failures = 0;
  #tokenRefused = false;
  /** Back-off while waiting, token refresh while online. */
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.#timing = options.timing ?? DEVICE_TIMING;
    this.#topics = deviceTopics(options.clientId, options.topicRoot);
    const groups = options.groups.map((group) => groupTopic(group, options.topicRoot));
    this.#subscriptions = new Subscriptions({
      own: [this.#topics.commands, this.#topics.inbox, ...groups],
      onRefused: (topicFilter) => options.onHappening?.({ kind: "subscription-refused", topicFilter }),
    });
    const { log, storage, gzip, random, now } = options;
    this.#answerer = new CommandAnswerer({
      log,
      storage,
      gzip,
      putBytes: options.putBytes ?? putBytes,
      isOnWifi: options.isOnWifi ?? (() => true),
      refusesLogs: options.refusesLogs ?? (() => null),
      random,
      now,
      send: (event) => this.send(event),
    });
  }

  get state(): DeviceState {
    return this.#state;
  }

  /** Connects, and stays connected until stopped. */
  start(): void {
    if (this.#state.status === "stopped") void this.#connect();
  }

  /** Says DISCONNECT and stays away: the app is closed. */
  stop(): void {
    this.#leave({ force: false });
  }

  /**
   * The system says there is another network: connects by it at once. The old socket may still stand, so the broker hands the session
   * over; it is let go only when the new connection is there.
   */
  networkChanged(): void {
    if (this.#state.status === "stopped") return;
    this.#failures = 0;
    void this.#connect();
  }

  /** Subscribes with a topic filter (QoS 1) for as long as it is wanted, over reconnects. A refusal ends the wish. */
  follow(topicFilter: string): void {
    this.#subscriptions.follow(topicFilter);
  }

  unfollow(topicFilter: string): void {
    this.#subscriptions.unfollow(topicFilter);
  }

  /** Publishes an event at least once: kept until the broker acknowledges it, sent again on each new connection. */
  send(event: DeviceEvent): void {
    const oldest = this.#events.keys().next();
    if (this.#events.size >= MOST_EVENTS && !oldest.done) this.#events.delete(oldest.value);
    this.#eventNumber += 1;
    this.#events.set(this.#eventNumber, event);
    this.#options.onHappening?.({ kind: "event", event });
    this.#publish(this.#eventNumber, event);
  }

  /** Ends everything at once, without DISCONNECT: the process is gone. The device cannot be started again. */
  close(): void {
    this.#leave({ force: true });
    this.#answerer.close();
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.#subscriptions.pause();
    this.#turn += 1;
    const turn = this.#turn;
    this.#state = { status: "connecting" };
    try {
      const token = await this.#options.getToken(this.#tokenRefused ? "refused" : "connect");
      if (turn === this.#turn) this.#open(turn, token);
    } catch {
      // No token, no connection: the sign-in service is away, which is one more reason to wait.
      if (turn === this.#turn) this.#retryLater();
    }
  }

  #open(turn: number, token: DeviceToken): void {
    const previous = this.#connection;
    const client = new MqttClient(this.#options.openStream, {
      clientId: this.#options.clientId,
      username: token.token,
      clean: this.#options.cleanSession,
      keepalive: this.#timing.keepAliveSeconds,
      protocolVersion: 4,
      connectTimeout: this.#timing.connackTimeoutMs,
      reconnectPeriod: 0,
      resubscribe: false,
    });
    const connection: Connection = { client, number: null, ended: null };
    this.#connection = connection;
    client.on("connect", ({ sessionPresent }) => {
      this.#connections += 1;
      connection.number = this.#connections;
      this.#options.onHappening?.({ kind: "connected", connection: connection.number, sessionPresent });
      if (previous) endConnection(previous, "replaced", { force: true });
      if (turn === this.#turn) this.#online({ client, sessionPresent, token });
    });
    // An older connection may still deliver during a hand-over, and what it delivers it acknowledges: so never ignored.
    client.on("message", (topicName, payload) => this.#receive(topicName, payload));
    // A close follows each error; only a refusal says more than that.
    client.on("error", (error) => {
      if (turn === this.#turn && "code" in error && typeof error.code === "number") this.#refused(error.code);
    });
    client.on("close", () => {
      if (previous) endConnection(previous, "replaced", { force: true });
      const { number, ended } = connection;
      connection.number = null;
      if (number !== null) this.#options.onHappening?.({ kind: "ended", connection: number, why: ended ?? "lost" });
      if (turn === this.#turn) this.#lost();
    });
  }

  #online(accepted: { client: MqttClient; sessionPresent: boolean; token: DeviceToken }): void {
    const { now, random } = this.#options;
    this.#state = { status: "online", sinceMs: now() };
    this.#tokenRefused = false;
    this.#subscriptions.resume(accepted.client, accepted.sessionPresent);
    for (const [number, event] of this.#events) this.#publish(number, event);
    const leftMs = accepted.token.expiresAtMs - now();
    const refreshInMs = leftMs > 0 ? leftMs * between(random, REFRESH_EARLIEST, REFRESH_LATEST) : REFRESH_BLIND_MS;
    this.#timer = setTimeout(() => this.#refresh(), refreshInMs);
  }

  /** A token is only read at CONNECT, so a new one means a new connection; the persistent session loses nothing by it. */
  #refresh(): void {
    if (this.#connection) endConnection(this.#connection, "left", { force: false });
    this.#connection = null;
    void this.#connect();
  }

  #refused(returnCode: number): void {
    this.#tokenRefused = TOKEN_REFUSED.has(returnCode);
    this.#options.onHappening?.({ kind: "refused", returnCode });
  }

  #lost(): void {
    const { state } = this;
    if (state.status === "online" && this.#options.now() - state.sinceMs >= this.#timing.settledMs) this.#failures = 0;
    this.#connection = null;
    this.#subscriptions.pause();
    this.#retryLater();
  }

  #retryLater(): void {
    this.#failures += 1;
    const { random } = this.#options;
    const { retryBaseMs: baseMs, retryCeilingMs: ceilingMs } = this.#timing;
    const forMs = backOffMs({ attempt: this.#failures, baseMs, ceilingMs, random });
    clearTimeout(this.#timer);
    this.#state = { status: "waiting", forMs };
    this.#timer = setTimeout(() => void this.#connect(), forMs);
  }

  #leave({ force }: { force: boolean }): void {
    clearTimeout(this.#timer);
    this.#subscriptions.pause();
    this.#turn += 1;
    this.#failures = 0;
    if (this.#connection) endConnection(this.#connection, "left", { force });
    this.#connection = null;
    this.#state = { status: "stopped" };
  }

  #receive(topicName: string, payload: Buffer): void {
    if (topicName !== this.#topics.commands) return this.#options.onMessage(topicName, payload);
    this.#options.onHappening?.({ kind: "command" });
    this.#answerer.receive(payload);
  }

  #publish(number: number, event: DeviceEvent): void {
    if (this.#state.status !== "online") return;
    this.#connection?.client.publish(this.#topics.events, JSON.stringify(event), { qos: 1 }, (error) => {
      if (!error) this.#events.delete(number);
    });
  }
}

/** `force`: closes the socket without DISCONNECT. */
function endConnection(connection: Connection, why: "left" | "replaced", { force }: { force: boolean }): void {
  connection.ended ??= why;
  connection.client.end(force || !connection.client.connected);
}
