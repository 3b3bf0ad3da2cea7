import { between, pick, type Random } from "@/simulator/random";
import { pause } from "./scene";
import { GATEWAYS, SUBSCRIBER_NODES, type World } from "./world";

/** One thing that is broken for a while, and mended again. */
export interface SoakFault {
  name: string;
  /** Breaks it, waits, and mends it. */
  play: (world: World, options: { random: Random; ms: number }) => Promise<void>;
}

const LOST_HOOKS = ["on_client_wakeup", "on_client_offline", "on_client_gone", "on_register"] as const;

const nodeFault = (name: string, begin: "kill" | "stop" | "freeze", end: "start" | "thaw"): SoakFault => ({
  name,
  play: async ({ control }, { random, ms }) => {
    const node = pick(random, SUBSCRIBER_NODES);
    await control.actOnNode(node, begin);
    await pause(ms);
    await control.actOnNode(node, end);
  },
});

const hookFault = (name: string, fault: Readonly<Record<string, unknown>>): SoakFault => ({
  name,
  play: async ({ control }, { random, ms }) => {
    const hook = pick(random, LOST_HOOKS);
    await control.putHookFault({ hook, ...fault });
    await pause(ms);
    await control.setHookFaults({});
  },
});

/** What a soak breaks, each as likely. */
export const SOAK_FAULTS: readonly SoakFault[] = [
  nodeFault("a node killed", "kill", "start"),
  nodeFault("a node stopped", "stop", "start"),
  nodeFault("a node frozen", "freeze", "thaw"),
  hookFault("hooks lost", { loseShare: 0.2 }),
  hookFault("hooks repeated", { repeatShare: 0.3, repeatAfterMs: 1_000 }),
  hookFault("hooks slow", { delayMs: 1_000 }),
  hookFault("hooks late", { lateMs: 2_000 }),
  hookFault("hooks reordered", { reorderShare: 0.3 }),
  {
    name: "the net split",
    play: async ({ control }, { ms }) => {
      await control.splitNet([["sub-1"], ["sub-2", "pub-1"]]);
      await pause(ms);
      await control.healNet();
    },
  },
  {
    name: "no receiver of hooks",
    play: async ({ control }, { ms }) => {
      await control.setReceiver(false);
      await pause(ms);
      await control.setReceiver(true);
    },
  },
  {
    name: "a gateway killed",
    play: async ({ gateways }, { random, ms }) => {
      const gateway = gateways[pick(random, GATEWAYS)];
      await gateway.kill();
      await pause(ms / 2);
      await gateway.start();
    },
  },
  {
    name: "a gateway standing still",
    play: async ({ gateways }, { random, ms }) => {
      const gateway = gateways[pick(random, GATEWAYS)];
      gateway.freeze();
      await pause(ms);
      gateway.thaw();
    },
  },
  {
    name: "the database restarted",
    play: async ({ postgres }, { ms }) => {
      await postgres.crash();
      await pause(ms / 2);
      await postgres.start();
    },
  },
];

/** Breaks one thing after the other, each for 3 to 10 s, with quiet between, until the signal; the seed decides all of it. */
export async function playSoakFaults(options: {
  world: World;
  random: Random;
  quietMs: { least: number; most: number };
  signal: AbortSignal;
  /** Hears each fault when it begins and when it is over. */
  onFault: (name: string, phase: "begins" | "over") => void;
}): Promise<void> {
  const { world, random, quietMs, signal, onFault } = options;
  while (!signal.aborted) {
    const fault = pick(random, SOAK_FAULTS);
    const ms = between(random, 3_000, 10_000);
    await pause(between(random, quietMs.least, quietMs.most), signal);
    if (signal.aborted) return;
    onFault(fault.name, "begins");
    await fault.play(world, { random, ms });
    onFault(fault.name, "over");
  }
}
