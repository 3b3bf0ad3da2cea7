import type { Clock, Wait } from "./clock";

/** What one node knows of another: "silent" is a frozen node nobody noticed yet. */
export type Sight = "up" | "silent" | "down";

type NodeState = "up" | "down" | "frozen" | "noticed";

export interface LinkEvents {
  /** `from` lost `to`: its connection to it is closed. */
  lost: (from: string, to: string) => void;
  /** `from` has `to` again. */
  found: (from: string, to: string) => void;
}

// Recorded: a node under SIGSTOP is noticed after 71.96 s (the Erlang distribution's net_ticktime).
const FREEZE_NOTICED_MS = 72_000;

/**
 * Who hears whom. A process that ends is noticed at once, as its connections are reset; so is a netsplit here.
 *
 * up → (kill, stop) → down → (start) → up
 * up → (freeze) → frozen: others wait for it → (72 s) → noticed: down for others → (thaw) → up; frozen → (thaw) → up, unnoticed
 */
export class ClusterLinks {
  private readonly states: Map<string, NodeState>;
  private groups: ReadonlyMap<string, number> | null = null;
  private noticing = new Map<string, Wait>();
  private sights = new Map<string, Sight>();
  private waiters: (() => void)[] = [];

  constructor(
    private readonly names: readonly string[],
    private readonly clock: Clock,
    private readonly events: LinkEvents,
    private readonly freezeNoticedMs = FREEZE_NOTICED_MS,
  ) {
    this.states = new Map(names.map((name) => [name, "down"]));
    this.eachPair((from, to) => this.sights.set(keyOf(from, to), "down"));
  }

  sight(from: string, to: string): Sight {
    if (from === to) return "up";
    return this.sights.get(keyOf(from, to)) ?? "down";
  }

  /** Can something get from one node to the other just now? Never to or from a frozen one. */
  reaches(from: string, to: string): boolean {
    return from === to || this.sight(from, to) === "up";
  }

  /** Does the node see all others running, as far as it knows? */
  isWhole(from: string): boolean {
    return this.names.every((to) => this.sight(from, to) !== "down");
  }

  hasSilent(from: string): boolean {
    return this.names.some((to) => this.sight(from, to) === "silent");
  }

  /** Resolves when every node this one asks has answered or is known to be down. */
  async heard(from: string): Promise<void> {
    while (this.hasSilent(from))
      await new Promise<void>((resolve) => {
        this.waiters.push(resolve);
      });
  }

  setState(name: string, state: "up" | "down" | "frozen"): void {
    this.noticing.get(name)?.cancel();
    this.noticing.delete(name);
    this.states.set(name, state);
    if (state === "frozen")
      this.noticing.set(
        name,
        this.clock.after(this.freezeNoticedMs, () => this.notice(name)),
      );
    this.look();
  }

  /** Nodes of different groups lose each other; a node in no group is alone. */
  split(groups: readonly (readonly string[])[]): void {
    this.groups = new Map(groups.flatMap((members, index) => members.map((name) => [name, index] as const)));
    this.look();
  }

  heal(): void {
    this.groups = null;
    this.look();
  }

  get netsplit(): string[][] | null {
    const { groups } = this;
    if (!groups) return null;
    const apart = new Map<string, string[]>();
    for (const name of this.names) {
      const group = String(groups.get(name) ?? name);
      apart.set(group, [...(apart.get(group) ?? []), name]);
    }
    return [...apart.values()];
  }

  private notice(name: string): void {
    this.states.set(name, "noticed");
    this.look();
  }

  /** Brings what each node knows up to date and tells the changes, all losses before anything found. */
  private look(): void {
    const found: [string, string][] = [];
    const lost: [string, string][] = [];
    this.eachPair((from, to) => {
      const before = this.sights.get(keyOf(from, to));
      const after = this.sightNow(from, to);
      this.sights.set(keyOf(from, to), after);
      if (before !== "down" && after === "down") lost.push([from, to]);
      // also from silent: what waited for a frozen node goes on
      if (before !== "up" && after === "up") found.push([from, to]);
    });
    for (const [from, to] of lost) this.events.lost(from, to);
    for (const [from, to] of found) this.events.found(from, to);
    const { waiters } = this;
    this.waiters = [];
    for (const go of waiters) go();
  }

  private sightNow(from: string, to: string): Sight {
    if (this.states.get(from) === "down") return "down";
    if (this.groups && (this.groups.get(from) ?? from) !== (this.groups.get(to) ?? to)) return "down";
    switch (this.states.get(to)) {
      case "up":
        return this.states.get(from) === "up" ? "up" : this.states.get(from) === "frozen" ? "silent" : "down";
      case "frozen":
        return "silent";
      default:
        return "down";
    }
  }

  private eachPair(work: (from: string, to: string) => void): void {
    for (const from of this.names) for (const to of this.names) if (from !== to) work(from, to);
  }
}

const keyOf = (from: string, to: string): string => `${from} ${to}`;
