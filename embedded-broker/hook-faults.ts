import { z } from "zod";
import type { Clock } from "./clock";
import { IMITATED_HOOKS, TOLD_HOOKS, type ImitatedHook } from "./hooks";
import type { Random } from "./random";

const share = z.number().min(0).max(1).default(0);

/** A fault of hooks; without `node` or `hook` it is of all of them. */
export const hookFaultSchema = z.strictObject({
  node: z.string().optional(),
  hook: z.enum(IMITATED_HOOKS).optional(),
  /** Never sent, and counted as an error, as when no connection of the pool came free. */
  loseShare: share,
  /** Sent a second time after the first was answered, as a proxy that retries does. */
  repeatShare: share,
  /** Sent late; what the hook blocks waits as long. */
  delayMs: z.number().min(0).max(3_600_000).default(0),
  /** `on_*` only: sent after the next hook about the same client, and blocks nothing. */
  reorderShare: share,
});

export type HookFault = z.output<typeof hookFaultSchema>;

/** What happens to one hook. */
export interface HookFate {
  lost: boolean;
  repeated: boolean;
  held: boolean;
  delayMs: number;
}

// A hook that is held for a client nothing more happens to is sent after this long.
const HELD_AT_MOST_MS = 1_000;
const TOLD: readonly string[] = TOLD_HOOKS;

/** Faults of the hooks of all nodes; empty until the control port puts one. */
export class HookFaults {
  private faults: HookFault[] = [];
  private readonly unreachable = new Set<string>();
  private readonly held = new Map<string, (() => void)[]>();

  constructor(
    private readonly random: Random,
    private readonly clock: Clock,
  ) {}

  get list(): readonly HookFault[] {
    return this.faults;
  }

  /** Puts a fault in place of the one of the same node and hook. */
  put(fault: HookFault): void {
    this.faults = [...this.faults.filter(({ node, hook }) => node !== fault.node || hook !== fault.hook), fault];
  }

  clear(): void {
    this.faults = [];
  }

  isReachable(node: string): boolean {
    return !this.unreachable.has(node);
  }

  /** An unreachable receiver refuses every connection, as one that is down. */
  setReachable(nodes: readonly string[], reachable: boolean): void {
    for (const node of nodes) {
      if (reachable) this.unreachable.delete(node);
      else this.unreachable.add(node);
    }
  }

  /** Draws what happens to a hook; null when nothing does. */
  fateOf(node: string, hook: ImitatedHook): HookFate | null {
    if (this.faults.length === 0) return null;
    const those = this.faults.filter(
      (fault) => (fault.node ?? node) === node && (fault.hook === undefined || fault.hook === hook),
    );
    const any = (chance: (fault: HookFault) => number): boolean =>
      those.some((fault) => this.random.chance(chance(fault)));
    return {
      lost: any(({ loseShare }) => loseShare),
      repeated: any(({ repeatShare }) => repeatShare),
      held: TOLD.includes(hook) && any(({ reorderShare }) => reorderShare),
      delayMs: Math.max(0, ...those.map(({ delayMs }) => delayMs)),
    };
  }

  /** Resolves when the next hook about this client was sent, or after a second. */
  hold(clientId: string): Promise<void> {
    return new Promise((resolve) => {
      const wait = this.clock.after(HELD_AT_MOST_MS, resolve);
      const go = (): void => {
        wait.cancel();
        resolve();
      };
      this.held.set(clientId, [...(this.held.get(clientId) ?? []), go]);
    });
  }

  /** A hook about this client was sent: what was held goes now. */
  passed(clientId: string): void {
    const those = this.held.get(clientId);
    if (!those) return;
    this.held.delete(clientId);
    for (const go of those) go();
  }
}
