import { connect, type MqttClient } from "mqtt";
import { deviceTopics, groupTopic } from "@/lib/mqtt/device-topics";
import { backOffMs } from "./back-off";
import type { DeviceLog } from "./call-log";
import { CommandAnswerer } from "./command-answerer";
import type { DeviceEvent } from "./device-events";
import type { DeviceToken } from "./device-token";
import { between, type Random } from "./random";
import { Subscriptions } from "./subscriptions";

export type DeviceState =
  | { status: "stopped" }
  | { status: "connecting" }
  | { status: "online"; brokerUrl: string; sinceMs: number }
  | { status: "waiting"; forMs: number };

/** What a device lets its owner see of it: for counting, never needed to work. */
export type Happening =
  | { kind: "connected"; sessionPresent: boolean }
  | { kind: "refused"; returnCode: number }
  | { kind: "lost" }
  | { kind: "command" }
  | { kind: "event"; type: string }
  | { kind: "subscription-refused"; topicFilter: string };

export interface DeviceOptions {
  clientId: string;
  /** Tried in turn. A phone in production has one: the load balancer's. */
  brokerUrls: readonly string[];
  topicRoot: string;
  groups: readonly string[];
  /** False: the broker keeps subscriptions and queues QoS 1 messages while the phone is away. */
  cleanSession: boolean;
  gzip: boolean;
  /** Asked before each connect; `refused` asks for a new token because the last one was not taken. */
  getToken: (why: "connect" | "refused") => Promise<DeviceToken>;
  log: DeviceLog;
  /** Messages of the inbox, groups and followed topics. Must not throw. */
  onMessage: (topicName: string, payload: Buffer) => void;
  onHappening?: (happening: Happening) => void;
  random: Random;
  now: () => number;
}

// Contract 1 allows 60 at most; below the usual idle timeout of mobile networks and balancers (60 s).
const KEEP_ALIVE_SECONDS = 45;
const CONNACK_TIMEOUT_MS = 15_000;
const RETRY_BASE_MS = 1_000;
const RETRY_CEILING_MS = 60_000;
// A connection that lived this long counts as good. Shorter ones keep the back-off growing, so two phones that
// fight over one client identifier do not fight at full speed.
const SETTLED_MS = 30_000;
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
 *   waiting      back-off with full jitter → connecting
 *   stop, vanish → stopped, from any state
 *
 * Each connection is a new MQTT client: session state lives in the broker (clean session 0), and what this side must keep over a
 * connection — wanted subscriptions, unacknowledged events, answers by command id — is kept here, in sight.
 */
export class Device {
  readonly #options: DeviceOptions;
  readonly #topics: ReturnType<typeof deviceTopics>;
  readonly #answerer: CommandAnswerer;
  readonly #subscriptions: Subscriptions;
  readonly #events = new Map<number, DeviceEvent>();
  #eventNumber = 0;
  #state: DeviceState = { status: "stopped" };
  #client: MqttClient | null = null;
  /** Which connection attempt is the current one; what belongs to an older one is ignored. */
  #turn = 0;
  #failures = 0;
  #tokenRefused = false;
  #urlIndex: number;
  /** Back-off while waiting, token refresh while online. */
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.#topics = deviceTopics(options.clientId, options.topicRoot);
    const groups = options.groups.map((group) => groupTopic(group, options.topicRoot));
    this.#subscriptions = new Subscriptions({
      own: [this.#topics.commands, this.#topics.inbox, ...groups],
      onRefused: (topicFilter) => options.onHappening?.({ kind: "subscription-refused", topicFilter }),
    });
    this.#urlIndex = Math.floor(options.random() * options.brokerUrls.length);
    const { log, gzip, random, now } = options;
    this.#answerer = new CommandAnswerer({ log, gzip, random, now, send: (event) => this.send(event) });
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
    this.#leave("graceful");
  }

  /** Loses the network without a word and stays away. */
  vanish(): void {
    this.#leave("cut");
  }

  /** Loses the socket without DISCONNECT and comes back: a tunnel. */
  cut(): void {
    this.#client?.stream.destroy();
  }

  /** Comes up on another network while the old socket still stands: the broker hands the session over. */
  handOver(): void {
    if (this.#state.status !== "online") return;
    this.#urlIndex += 1;
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
    this.#options.onHappening?.({ kind: "event", type: event.type });
    this.#publish(this.#eventNumber, event);
  }

  /** Ends everything at once, without DISCONNECT. The device cannot be started again. */
  close(): void {
    this.#leave("cut");
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
    const { brokerUrls, clientId, cleanSession } = this.#options;
    const brokerUrl = brokerUrls[this.#urlIndex % brokerUrls.length] ?? "";
    const previous = this.#client;
    const client = connect(brokerUrl, {
      clientId,
      username: token.token,
      clean: cleanSession,
      keepalive: KEEP_ALIVE_SECONDS,
      protocolVersion: 4,
      connectTimeout: CONNACK_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
    });
    this.#client = client;
    client.on("connect", ({ sessionPresent }) => {
      previous?.end(true);
      if (turn === this.#turn) this.#online({ client, brokerUrl, sessionPresent, token });
    });
    // An older connection may still deliver during a hand-over, and what it delivers it acknowledges: so never ignored.
    client.on("message", (topicName, payload) => this.#receive(topicName, payload));
    // A close follows each error; only a refusal says more than that.
    client.on("error", (error) => {
      if (turn === this.#turn && "code" in error && typeof error.code === "number") this.#refused(error.code);
    });
    client.on("close", () => {
      previous?.end(true);
      if (turn === this.#turn) this.#lost();
    });
  }

  #online(connection: { client: MqttClient; brokerUrl: string; sessionPresent: boolean; token: DeviceToken }): void {
    const { onHappening, now, random } = this.#options;
    this.#state = { status: "online", brokerUrl: connection.brokerUrl, sinceMs: now() };
    this.#tokenRefused = false;
    onHappening?.({ kind: "connected", sessionPresent: connection.sessionPresent });
    this.#subscriptions.resume(connection.client, connection.sessionPresent);
    for (const [number, event] of this.#events) this.#publish(number, event);
    const leftMs = connection.token.expiresAtMs - now();
    const refreshInMs = leftMs > 0 ? leftMs * between(random, REFRESH_EARLIEST, REFRESH_LATEST) : REFRESH_BLIND_MS;
    this.#timer = setTimeout(() => this.#refresh(), refreshInMs);
  }

  /** A token is only read at CONNECT, so a new one means a new connection; the persistent session loses nothing by it. */
  #refresh(): void {
    this.#client?.end();
    this.#client = null;
    void this.#connect();
  }

  #refused(returnCode: number): void {
    this.#tokenRefused = TOKEN_REFUSED.has(returnCode);
    this.#options.onHappening?.({ kind: "refused", returnCode });
  }

  #lost(): void {
    const wasOnline = this.#state.status === "online" ? this.#state : null;
    if (wasOnline) this.#options.onHappening?.({ kind: "lost" });
    if (wasOnline && this.#options.now() - wasOnline.sinceMs >= SETTLED_MS) this.#failures = 0;
    this.#client = null;
    this.#subscriptions.pause();
    this.#retryLater();
  }

  #retryLater(): void {
    this.#failures += 1;
    this.#urlIndex += 1;
    const { random } = this.#options;
    const forMs = backOffMs({ attempt: this.#failures, baseMs: RETRY_BASE_MS, ceilingMs: RETRY_CEILING_MS, random });
    clearTimeout(this.#timer);
    this.#state = { status: "waiting", forMs };
    this.#timer = setTimeout(() => void this.#connect(), forMs);
  }

  #leave(how: "graceful" | "cut"): void {
    clearTimeout(this.#timer);
    this.#subscriptions.pause();
    this.#turn += 1;
    this.#failures = 0;
    this.#client?.end(how === "cut" || !this.#client.connected);
    this.#client = null;
    this.#state = { status: "stopped" };
  }

  #receive(topicName: string, payload: Buffer): void {
    if (topicName !== this.#topics.commands) return this.#options.onMessage(topicName, payload);
    this.#options.onHappening?.({ kind: "command" });
    this.#answerer.receive(payload);
  }

  #publish(number: number, event: DeviceEvent): void {
    if (this.#state.status !== "online") return;
    this.#client?.publish(this.#topics.events, JSON.stringify(event), { qos: 1 }, (error) => {
      if (!error) this.#events.delete(number);
    });
  }
}
