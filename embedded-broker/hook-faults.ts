import { z } from "zod";
import type { Clock } from "./clock";
import { IMITATED_HOOKS, TOLD_HOOKS, type ImitatedHook } from "./hooks";
import type { Random } from "./random";

const share = z.number().min(0).max(1).default(0);

const delay = z.number().min(0).max(3_600_000).default(0);

/** A fault of hooks; without `node`, `hook` or `clientIds` it is of all of them. */
export const hookFaultSchema = z.strictObject({
  node: z.string().optional(),
  hook: z.enum(IMITATED_HOOKS).optional(),
  clientIds: z.array(z.string()).min(1).max(1_000).optional(),
  /** Never sent, and counted as an error, as when no connection of the pool came free. */
  loseShare: share,
  /** Sent a second time after the first was answered, as a proxy that retries does. */
  repeatShare: share,
  /** So much later than the first answer. */
  repeatAfterMs: delay,
  /** Sent late; what the hook blocks waits as long. */
  delayMs: delay,
  /** `on_*` only: taken at once by something on the way, which passes it on so much later; blocks nothing. */
  lateMs: delay,
  /** `on_*` only: sent after the next hook about the same client, and blocks nothing. */
  reorderShare: share,
});

export type HookFault = z.output<typeof hookFaultSchema>;

/** What happens to one hook. */
export interface HookFate {
  lost: boolean;
  /** Null when it is sent once. */
  repeatedAfterMs: number | null;
  held: boolean;
  delayMs: number;
  lateMs: number;
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

  /** Puts a fault in place of the one of the same node, hook and clients; one that does nothing only removes it. */
  put(fault: HookFault): void {
    const others = this.faults.filter((other) => keyOf(other) !== keyOf(fault));
    const doesNothing = fault.loseShare + fault.repeatShare + fault.reorderShare + fault.delayMs + fault.lateMs === 0;
    this.faults = doesNothing ? others : [...others, fault];
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
  fateOf(node: string, hook: ImitatedHook, clientId: string): HookFate | null {
    const those = this.faults.filter(
      (fault) =>
        (fault.node ?? node) === node &&
        (fault.hook ?? hook) === hook &&
        (fault.clientIds === undefined || fault.clientIds.includes(clientId)),
    );
    if (those.length === 0) return null;
    const any = (chance: (fault: HookFault) => number): boolean =>
      those.some((fault) => this.random.chance(chance(fault)));
    const longest = (wait: (fault: HookFault) => number): number => Math.max(...those.map(wait));
    const isTold = TOLD.includes(hook);
    return {
      lost: any(({ loseShare }) => loseShare),
      repeatedAfterMs: any(({ repeatShare }) => repeatShare) ? longest(({ repeatAfterMs }) => repeatAfterMs) : null,
      held: isTold && any(({ reorderShare }) => reorderShare),
      delayMs: longest(({ delayMs }) => delayMs),
      lateMs: isTold ? longest(({ lateMs }) => lateMs) : 0,
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

const keyOf = ({ node, hook, clientIds }: HookFault): string => JSON.stringify([node, hook, clientIds]);
