import type { PresenceCase } from "../case";
import type { Scene, ScenePhone } from "../scene";

/** Cases of hooks that come late, twice, in another order or not at all, for single clients: they disturb nobody else. */

const idsOf = (phones: readonly ScenePhone[]): string[] => phones.map(({ person }) => person.clientId);

/** A fault of some hooks of these phones, while the work is done. `hides`: it loses them. */
async function withHookFaults(
  { world, fault }: Scene,
  phones: readonly ScenePhone[],
  faults: readonly (Readonly<Record<string, unknown>> & { node?: string; hook?: string })[],
  work: () => Promise<void>,
): Promise<void> {
  const clientIds = idsOf(phones);
  await fault({ hides: faults.some((it) => "loseShare" in it) }, async () => {
    for (const it of faults) await world.control.putHookFault({ ...it, clientIds });
    try {
      await work();
    } finally {
      for (const { node, hook } of faults) await world.control.putHookFault({ node, hook, clientIds });
    }
  });
}

const ENDINGS = ["on_client_gone", "on_client_offline"] as const;
const ALL_TOLD = ["on_client_wakeup", "on_register", ...ENDINGS] as const;

export const HOOK_CASES: readonly PresenceCase[] = [
  {
    name: "case-01-register-before-gone",
    about: "the new session is registered 10 ms before the old one's ending is told, on this node or the other",
    isAlone: false,
    play: async (scene) => {
      const clean = scene.newPhones(4, { cleanSession: true });
      const kept = scene.newPhones(4);
      const phones = [...clean, ...kept];
      await scene.act(phones, { kind: "open", node: "sub-1" });
      await scene.connected(phones, "sub-1");
      const late = ENDINGS.map((hook) => ({ node: "sub-1", hook, lateMs: 10 }));
      // On one node the wakeup always follows the ending it replaces; the register does not.
      await scene.reconnect(phones, { kind: "hand-over", node: "same" }, 500);
      await withHookFaults(scene, phones, late, async () => {
        await scene.reconnect(phones, { kind: "hand-over", node: "sub-2" }, 500);
        await scene.pause(1_000);
      });
    },
  },
  {
    name: "case-02-ending-after-wakeup-elsewhere",
    about: "the old node tells the ending 0.3 s and 10 s after the new node's wakeup",
    isAlone: false,
    play: async (scene) => {
      const soon = scene.newPhones(3, { cleanSession: true });
      const late = [...scene.newPhones(3, { cleanSession: true }), ...scene.newPhones(2)];
      const phones = [...soon, ...late];
      await scene.act(phones, { kind: "open", node: "sub-1" });
      await scene.connected(phones, "sub-1");
      const lateBy = (lateMs: number) => ENDINGS.map((hook) => ({ node: "sub-1", hook, lateMs }));
      await withHookFaults(scene, soon, lateBy(300), () =>
        withHookFaults(scene, late, lateBy(10_000), async () => {
          await scene.reconnect(phones, { kind: "hand-over", node: "sub-2" });
          await scene.settled();
        }),
      );
      // The endings told late arrive only now.
      await scene.pause(11_000);
    },
  },
  {
    name: "case-03-every-hook-twice",
    about: "each hook is told a second time, at once",
    isAlone: false,
    play: async (scene) => {
      const phones = [...scene.newPhones(3), ...scene.newPhones(3, { cleanSession: true })];
      await withHookFaults(scene, phones, [{ repeatShare: 1 }], () => comeAndGo(scene, phones));
    },
  },
  {
    name: "case-04-connect-hook-lost",
    about: "the wakeup of a connect never arrives, or neither it nor the register",
    isAlone: false,
    play: async (scene) => {
      const wakeup = scene.newPhones(3);
      const both = scene.newPhones(3);
      const phones = [...wakeup, ...both];
      const lose = (hook: string) => ({ hook, loseShare: 1 });
      await withHookFaults(scene, wakeup, [lose("on_client_wakeup")], () =>
        withHookFaults(scene, both, [lose("on_client_wakeup"), lose("on_register")], async () => {
          await scene.act(phones, { kind: "open" });
          await scene.connected(phones);
        }),
      );
    },
  },
  {
    name: "case-05-ending-lost",
    about: "the ending of a session never arrives: of kept and clean ones, by goodbye and by a cut",
    isAlone: false,
    play: async (scene) => {
      const kept = scene.newPhones(4);
      const clean = scene.newPhones(4, { cleanSession: true });
      const phones = [...kept, ...clean];
      await scene.act(phones, { kind: "open" });
      await scene.connected(phones);
      await scene.settled();
      const lost = ENDINGS.map((hook) => ({ hook, loseShare: 1 }));
      await withHookFaults(scene, phones, lost, async () => {
        await scene.act(
          phones.filter((_, index) => index % 2 === 0),
          { kind: "close" },
        );
        await scene.act(
          phones.filter((_, index) => index % 2 === 1),
          { kind: "kill" },
        );
        await scene.pause(1_000);
      });
    },
  },
  {
    name: "case-20-delayed-ending-after-correction",
    about: "an ending is told 20 s late, after a sweep corrected the row and the client came back",
    isAlone: false,
    sweepEverySeconds: 10,
    play: async (scene) => {
      const back = scene.newPhones(3);
      const away = scene.newPhones(3);
      const phones = [...back, ...away];
      await scene.act(phones, { kind: "open", node: "sub-1" });
      await scene.connected(phones, "sub-1");
      await scene.settled();
      const late = ENDINGS.map((hook) => ({ node: "sub-1", hook, lateMs: 20_000 }));
      await withHookFaults(scene, phones, late, async () => {
        await scene.act(phones, { kind: "kill" });
        await scene.settled();
        await scene.act(back, { kind: "open", node: "sub-1" });
        await scene.connected(back, "sub-1");
        await scene.settled();
        // Each ending is told 20 s after its kill, whatever the settling took.
        const fault = scene.truth.steps.find(({ step }) => step.includes("kill"));
        await scene.pause(Math.max(0, Date.parse(fault?.at ?? "") + 21_000 - Date.now()));
      });
    },
  },
  {
    name: "case-22-retrying-proxy",
    about:
      "something between broker and gateway sends each hook again, three seconds later, when the client is elsewhere",
    isAlone: false,
    play: async (scene) => {
      const phones = [...scene.newPhones(3), ...scene.newPhones(3, { cleanSession: true })];
      await withHookFaults(scene, phones, [{ repeatShare: 1, repeatAfterMs: 3_000 }], async () => {
        await comeAndGo(scene, phones);
        await scene.pause(3_500);
      });
    },
  },
  {
    name: "case-31-late-wakeup",
    about: "the newer node's wakeup comes three seconds late, also when the client is back on the older node by then",
    isAlone: false,
    play: async (scene) => {
      const moved = scene.newPhones(3);
      const returned = [...scene.newPhones(3), ...scene.newPhones(2, { cleanSession: true })];
      const phones = [...moved, ...returned];
      await scene.act(phones, { kind: "open", node: "sub-1" });
      await scene.connected(phones, "sub-1");
      await scene.settled();
      await withHookFaults(scene, phones, [{ node: "sub-2", hook: "on_client_wakeup", lateMs: 3_000 }], async () => {
        await scene.reconnect(phones, { kind: "hand-over", node: "sub-2" });
        await scene.reconnect(returned, { kind: "hand-over", node: "sub-1" });
        await scene.pause(3_500);
      });
    },
  },
  {
    name: "case-33-reordered",
    about: "one hook in three is told after the next one about its client, one in ten twice, one in twenty never",
    isAlone: false,
    pastUnjudged: "hooks are lost and mixed up so that nobody could tell past sessions from them",
    play: async (scene) => {
      const phones = [...scene.newPhones(6), ...scene.newPhones(2, { cleanSession: true })];
      const faults = ALL_TOLD.map((hook) => ({ hook, reorderShare: 0.3, repeatShare: 0.1, loseShare: 0.05 }));
      await withHookFaults(scene, phones, faults, async () => {
        await comeAndGo(scene, phones);
        await comeAndGo(scene, phones);
      });
    },
  },
];

/** Connects, changes its network on one node and over to the other, is cut, goes and comes. */
export async function comeAndGo(scene: Scene, phones: readonly ScenePhone[]): Promise<void> {
  await scene.act(phones, { kind: "open", node: "sub-1" }, 300);
  await scene.connected(phones);
  await scene.reconnect(phones, { kind: "hand-over", node: "same" }, 300);
  await scene.reconnect(phones, { kind: "hand-over", node: "other" }, 300);
  await scene.reconnect(phones, { kind: "cut" }, 300);
  await scene.act(phones, { kind: "close" }, 300);
  await scene.pause(300);
  await scene.reconnect(phones, { kind: "open", node: "other" }, 300);
}
