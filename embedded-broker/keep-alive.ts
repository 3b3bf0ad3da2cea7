import type { Clock, Wait } from "./clock";

// vmq_mqtt_fsm: a check every 0.75 times the keep alive, and expired is who was silent for more than 1.5 times [MQTT-3.1.2-24].
const CHECK_FACTOR = 0.75;
const SILENCE_FACTOR = 1.5;

/**
 * Ends a connection that is silent. As the check runs on a timer of its own, the end comes after 1.5 to 2.25 times the keep alive;
 * for a client that never says a word after its CONNECT, at 2.25 times.
 */
export class KeepAlive {
  private readonly startedAtMs: number;
  private lastPacketMs = 0;
  private checks = 0;
  private timer: Wait | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly keepAliveMs: number,
    private readonly expired: () => void,
  ) {
    this.startedAtMs = clock.elapsedMs();
    if (keepAliveMs > 0) this.wait();
  }

  /** A packet came. */
  refresh(): void {
    this.lastPacketMs = this.clock.elapsedMs() - this.startedAtMs;
  }

  stop(): void {
    this.timer?.cancel();
  }

  // Silence is counted to the instant the check was due: a late timer ends nobody early.
  private wait(): void {
    this.checks += 1;
    const dueMs = this.checks * CHECK_FACTOR * this.keepAliveMs;
    this.timer = this.clock.after(dueMs - (this.clock.elapsedMs() - this.startedAtMs), () => {
      if (dueMs - this.lastPacketMs > SILENCE_FACTOR * this.keepAliveMs) this.expired();
      else this.wait();
    });
  }
}
