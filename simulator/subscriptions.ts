import type { MqttClient } from "mqtt";

/**
 * Topic filters a device wants (QoS 1), over connections: its own, always, and followed ones, until they are let go or refused.
 * The broker's session holds them between connections, so after a reconnect only what it lacks is asked for.
 */
export class Subscriptions {
  readonly #own: readonly string[];
  readonly #followed = new Set<string>();
  /** Known to be in the broker's session: acknowledged by SUBACK. */
  readonly #held = new Set<string>();
  readonly #onRefused: (topicFilter: string) => void;
  #client: MqttClient | null = null;

  constructor(options: { own: readonly string[]; onRefused: (topicFilter: string) => void }) {
    this.#own = options.own;
    this.#onRefused = options.onRefused;
  }

  /** Brings the session of a new connection to what is wanted. */
  resume(client: MqttClient, sessionPresent: boolean): void {
    this.#client = client;
    if (!sessionPresent) this.#held.clear(); // [MQTT-3.1.2-6] no session, no subscriptions
    this.#subscribe(this.#own);
    // A packet each: a broker may refuse a whole SUBSCRIBE for one filter in it.
    for (const topicFilter of this.#followed) this.#subscribe([topicFilter]);
    this.#unsubscribeUnwanted();
  }

  /** Until `resume`, wishes are only noted. */
  pause(): void {
    this.#client = null;
  }

  follow(topicFilter: string): void {
    this.#followed.add(topicFilter);
    this.#subscribe([topicFilter]);
  }

  unfollow(topicFilter: string): void {
    this.#followed.delete(topicFilter);
    this.#unsubscribeUnwanted();
  }

  #subscribe(topicFilters: readonly string[]): void {
    const missing = topicFilters.filter((topicFilter) => !this.#held.has(topicFilter));
    if (missing.length === 0) return;
    this.#client?.subscribe(missing, { qos: 1 }, (_error, _wished, suback) => this.#answered(missing, suback?.granted));
  }

  #answered(topicFilters: readonly string[], codes: readonly unknown[] | undefined): void {
    for (const [index, topicFilter] of topicFilters.entries()) {
      const code = codes?.[index];
      if (typeof code !== "number") continue; // the connection ended first: asked again on the next
      if (code < 0x80) {
        this.#held.add(topicFilter);
        continue;
      }
      this.#followed.delete(topicFilter); // [MQTT-3.9.3-2] 0x80: refused
      this.#onRefused(topicFilter);
    }
    this.#unsubscribeUnwanted();
  }

  #unsubscribeUnwanted(): void {
    const wanted = new Set([...this.#own, ...this.#followed]);
    const unwanted = [...this.#held].filter((topicFilter) => !wanted.has(topicFilter));
    if (!this.#client || unwanted.length === 0) return;
    for (const topicFilter of unwanted) this.#held.delete(topicFilter);
    this.#client.unsubscribe(unwanted);
  }
}
