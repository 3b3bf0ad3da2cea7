import { connect as connectTcp, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { pick, type Random } from "./random";

/** One way to the broker. `node` is its name where it is known, null behind a load balancer. */
export interface BrokerAddress {
  node: string | null;
  /** mqtt: or mqtts: */
  url: string;
}

/** Where the next connection goes: a node by its name, the one of the last connection, or any other. */
export type NodeWish = "same" | "other" | (string & {});

export interface NetworkOptions {
  brokers: readonly BrokerAddress[];
  random: Random;
  now: () => number;
  /** A phone that reads no faster than this; 0: as fast as it can. */
  readBytesPerSecond?: number;
}

// A socket that fell silent is let go after this. It is longer than 2.25 times the longest keep-alive of the contract (60 s), so by
// then a broker has closed its end; without it a day of dead spots would use up the process's file descriptors.
const LIMBO_MS = 5 * 60_000;

/**
 * The network of one phone, with the load balancer at its other end.
 *
 *   up     connections can be opened; cut: they close, as in a tunnel; lose → gone
 *   gone   what was open stays open as TCP and says nothing more in either direction, so that only keep-alive tells the other side.
 *          Nothing new can be opened. restore → up; what fell silent stays silent
 */
export class Network {
  readonly #options: NetworkOptions;
  readonly #links = new Set<Link>();
  #status: "up" | "gone" = "up";
  #latest: { broker: BrokerAddress; openedAtMs: number } | null = null;
  #wish: NodeWish | null = null;
  #isWifi = true;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  get isWifi(): boolean {
    return this.#isWifi;
  }

  get isGone(): boolean {
    return this.#status === "gone";
  }

  /** The node and the time of the last connection opened. */
  get latest(): { node: string | null; openedAtMs: number } | null {
    return this.#latest && { node: this.#latest.broker.node, openedAtMs: this.#latest.openedAtMs };
  }

  /** Opens a connection to one of the brokers: any that did not just fail, unless one is wished for. */
  open(): Duplex {
    if (this.#status === "gone") return unreachable();
    const broker = this.#choose();
    this.#latest = { broker, openedAtMs: this.#options.now() };
    const link = new Link(socketTo(broker.url), this.#options.readBytesPerSecond ?? 0);
    this.#links.add(link);
    link.once("close", () => this.#links.delete(link));
    return link;
  }

  /** Wishes for the node of the next connection; the one after that goes anywhere again. */
  prefer(wish: NodeWish): void {
    this.#wish = wish;
  }

  /** From Wi-Fi to cellular, or back. */
  change(): void {
    this.#isWifi = !this.#isWifi;
  }

  /** Closes what is open without an MQTT word; the next connection works. */
  cut(): void {
    for (const link of this.#links) link.destroy();
  }

  lose(): void {
    this.#status = "gone";
    for (const link of this.#links) link.fallSilent();
  }

  restore(): void {
    this.#status = "up";
  }

  #choose(): BrokerAddress {
    const { brokers, random } = this.#options;
    const last = this.#latest?.broker;
    const others = brokers.filter((broker) => broker !== last);
    const wish = this.#wish;
    this.#wish = null;
    if (wish === "same" && last) return last;
    if (wish === "other" && others.length > 0) return pick(random, others);
    return brokers.find((broker) => wish !== null && broker.node === wish) ?? pick(random, brokers);
  }
}

/** A phone's end of one TCP (or TLS) connection. */
class Link extends Duplex {
  readonly #socket: Socket;
  #isSilent = false;
  #resume: NodeJS.Timeout | undefined;

  constructor(socket: Socket, readBytesPerSecond: number) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.on("data", (chunk) => {
      const hasRoom = this.push(chunk);
      if (hasRoom && readBytesPerSecond === 0) return;
      socket.pause();
      if (readBytesPerSecond > 0) this.#resumeIn((chunk.length / readBytesPerSecond) * 1_000);
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.#isSilent || this.destroy(error));
    socket.on("close", () => this.#isSilent || this.destroy());
  }

  /** From now on nothing goes in or out, and the socket stays open. */
  fallSilent(): void {
    this.#isSilent = true;
    clearTimeout(this.#resume);
    this.#socket.pause();
    setTimeout(() => this.#socket.destroy(), LIMBO_MS).unref();
  }

  override _read(): void {
    if (!this.#isSilent && this.#resume === undefined) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#isSilent) return done();
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    if (this.#isSilent) return done();
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#resume);
    if (!this.#isSilent) this.#socket.destroy();
    done(error);
  }

  #resumeIn(ms: number): void {
    this.#resume = setTimeout(() => {
      this.#resume = undefined;
      if (!this.#isSilent) this.#socket.resume();
    }, ms);
  }
}

/** A plain connection to one broker URL, mqtt: or mqtts:, as an app in the field opens it. */
export function socketTo(brokerUrl: string): Socket {
  const { protocol, hostname, port } = new URL(brokerUrl);
  if (protocol === "mqtts:") return connectTls({ host: hostname, port: Number(port || 8883), servername: hostname });
  return connectTcp({ host: hostname, port: Number(port || 1883), noDelay: true });
}

function unreachable(): Duplex {
  const stream = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  queueMicrotask(() => stream.destroy(Object.assign(new Error("There is no network"), { code: "ENETUNREACH" })));
  return stream;
}
