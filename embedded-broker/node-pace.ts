import type { Clock } from "./clock";

/**
 * How fast a node is: whatever it does (a packet, a hook, an admin request) first waits here.
 *
 * prompt → (slow) → every step waits the latency → (prompt again)
 * any → (freeze, as SIGSTOP) → every step waits for the thaw → (thaw, as SIGCONT) → as before
 */
export class NodePace {
  latencyMs = 0;
  private thaw: { promise: Promise<void>; resolve: () => void } | null = null;

  constructor(private readonly clock: Clock) {}

  get isFrozen(): boolean {
    return this.thaw !== null;
  }

  /** Null when the node may go on at once, which is nearly always and must cost nothing. */
  wait(): Promise<void> | null {
    return this.thaw === null && this.latencyMs === 0 ? null : this.waited();
  }

  /** Waits for the end of a freeze only: what is already under way is not slowed. */
  async unfrozen(): Promise<void> {
    while (this.thaw) await this.thaw.promise;
  }

  freeze(): void {
    if (this.thaw) return;
    let resolve = (): void => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.thaw = { promise, resolve };
  }

  /** Everything that waited goes on; safe to call on a node that is not frozen. */
  unfreeze(): void {
    const { thaw } = this;
    this.thaw = null;
    thaw?.resolve();
  }

  private async waited(): Promise<void> {
    await this.unfrozen();
    if (this.latencyMs > 0) await this.clock.sleep(this.latencyMs);
    await this.unfrozen();
  }
}
