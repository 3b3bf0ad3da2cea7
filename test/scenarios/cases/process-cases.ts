import { DEFAULT_HOOKS } from "@/embedded-broker/hooks";
import type { PresenceCase } from "../case";
import type { Scene, ScenePhone } from "../scene";
import { GATEWAYS } from "../world";
import { comeAndGo } from "./hook-cases";

/** Cases of our own processes and of what is between them and the broker. */

const opened = async (scene: Scene, count: number): Promise<ScenePhone[]> => {
  const phones = [...scene.newPhones(count - 2), ...scene.newPhones(2, { cleanSession: true })];
  await scene.act(phones, { kind: "open" });
  await scene.connected(phones);
  await scene.settled();
  return phones;
};

/** A third goes, a third comes back at once, a third changes its network. */
async function stir(scene: Scene, phones: readonly ScenePhone[]): Promise<void> {
  const third = (part: number) => phones.filter((_, index) => index % 3 === part);
  await scene.act(third(0), { kind: "close" });
  await scene.act(third(1), { kind: "cut" });
  await scene.act(third(2), { kind: "hand-over", node: "other" });
}

export const PROCESS_CASES: readonly PresenceCase[] = [
  {
    name: "case-06-receiver-down",
    about: "nobody takes hooks for fifteen seconds; clients go, and those that would come are refused",
    isAlone: true,
    play: async (scene) => {
      const phones = await opened(scene, 9);
      const late = scene.newPhones(2);
      await scene.fault({ hides: true }, async () => {
        await scene.world.control.setReceiver(false);
        await stir(scene, phones);
        await scene.act(late, { kind: "open" });
        await scene.pause(15_000);
        await scene.world.control.setReceiver(true);
      });
      await scene.connected(late);
    },
  },
  {
    name: "case-07-receiver-slow",
    about: "both gateways stand still for six seconds, longer than the broker waits for an answer",
    isAlone: true,
    play: async (scene) => {
      const phones = await opened(scene, 9);
      await scene.fault({ hides: true, stands: true }, async () => {
        for (const name of GATEWAYS) scene.world.gateways[name].freeze();
        await stir(scene, phones);
        await scene.pause(6_000);
        for (const name of GATEWAYS) scene.world.gateways[name].thaw();
      });
      await scene.connected(phones.filter((_, index) => index % 3 !== 0));
    },
  },
  {
    name: "case-18-gateway-clocks",
    about: "the clocks of two gateways are 30 s apart, and clients move between their nodes; a node moves between them",
    isAlone: true,
    play: async (scene) => {
      const { world } = scene;
      const gateway = world.gateways["gateway-b"];
      const phones = await opened(scene, 6);
      await scene.fault({ hides: true }, async () => {
        await gateway.stop();
        await gateway.start({ CLOCK_SHIFT_MS: "30000" });
      });
      await comeAndGo(scene, phones);
      await world.moveHooks("sub-2", "gateway-a");
      await world.moveHooks("sub-1", "gateway-b");
      await scene.reconnect(phones, { kind: "hand-over", node: "other" }, 300);
      await scene.reconnect(phones, { kind: "cut" }, 300);
      await world.moveHooks("sub-1", "gateway-a");
      await world.moveHooks("sub-2", "gateway-b");
      await scene.settled();
      await gateway.stop();
      await gateway.start();
    },
  },
  {
    name: "case-19-session-expiry",
    about: "kept sessions end when nobody resumes them in time; one that is resumed goes on",
    isAlone: true,
    play: async (scene) => {
      const EXPIRY_SECONDS = 4;
      const expiring = scene.newPhones(3);
      const resumed = scene.newPhones(2);
      const phones = [...expiring, ...resumed];
      await scene.act(phones, { kind: "open" });
      await scene.connected(phones);
      await scene.world.control.setExpiration(EXPIRY_SECONDS);
      await scene.act(phones, { kind: "close" });
      await scene.pause(2_000);
      await scene.act(resumed, { kind: "open" });
      await scene.connected(resumed);
      await scene.pause(EXPIRY_SECONDS * 1_000 - 1_500);
      for (const { person } of expiring) scene.sessionEndedAt.set(person.clientId, Date.now());
      await scene.world.control.setExpiration(0);
    },
  },
  {
    name: "case-21-database-fails-over",
    about: "the database crashes in the middle of a storm, stays away, and is back; then it stands still for a while",
    isAlone: true,
    play: async (scene) => {
      const { postgres } = scene.world;
      const phones = await opened(scene, 24);
      await scene.fault({ hides: false }, async () => {
        const storm = scene.reconnect(phones, { kind: "hand-over", node: "other" }, 1_000);
        await scene.pause(400);
        await postgres.crash();
        await storm;
        const late = scene.newPhones(3);
        await scene.act(late, { kind: "open" });
        // Nobody is refused because our store is away.
        await scene.connected(late);
        await stir(scene, phones);
        await scene.pause(4_000);
        await postgres.start();
      });
      await scene.settled();
      await scene.fault({ hides: false }, async () => {
        await postgres.freeze();
        await scene.act(phones, { kind: "open" });
        await scene.connected(phones);
        await scene.pause(3_000);
        await postgres.thaw();
      });
    },
  },
  {
    name: "case-34-node-moves-between-gateways",
    about: "the hooks of both nodes are moved from one gateway to the other and back, while clients move and are cut",
    isAlone: true,
    play: async (scene) => {
      const { world } = scene;
      const phones = await opened(scene, 18);
      for (const [first, second] of [
        ["gateway-b", "gateway-a"],
        ["gateway-a", "gateway-b"],
      ] as const)
        for (const act of [{ kind: "hand-over", node: "other" }, { kind: "cut" }] as const) {
          const moved = scene.reconnect(phones, act, 1_000);
          await scene.pause(300);
          await world.moveHooks("sub-1", first);
          await scene.pause(300);
          await world.moveHooks("sub-2", second);
          await moved;
          // One that signed in with one gateway and began with the other is asked about before it is known.
          await scene.settled();
        }
    },
  },
  {
    name: "case-35-database-away-a-minute",
    about: "PostgreSQL is away for a full minute, while clients come, go and move all the time; nobody is refused",
    isAlone: true,
    isLong: true,
    play: async (scene) => {
      const { postgres } = scene.world;
      const phones = await opened(scene, 18);
      const late = scene.newPhones(3);
      const startedMs = Date.now();
      await scene.fault({ hides: false }, async () => {
        await postgres.crash();
        await scene.act(late, { kind: "open" });
        await scene.connected(late);
        while (Date.now() < startedMs + 55_000) await comeAndGo(scene, phones);
        await stir(scene, phones);
        await scene.pause(startedMs + 60_000 - Date.now());
        await postgres.start();
      });
      const refused = [...phones, ...late].filter(({ refusals }) => refusals.length > 0);
      if (refused.length > 0) throw new Error(`${refused.length} phones were refused while the database was away`);
    },
  },
  {
    name: "case-24-hook-not-registered",
    about: "a node lacks one hook: its wakeups, then its endings, are never told",
    isAlone: true,
    sweepEverySeconds: 10,
    play: async (scene) => {
      const { control } = scene.world;
      const without = (...lacking: string[]) => ({ hooks: DEFAULT_HOOKS.filter((hook) => !lacking.includes(hook)) });
      const phones = scene.newPhones(6);
      const gone = phones.slice(0, 3);
      await scene.fault({ hides: true }, async () => {
        await control.registerHooks("sub-1", without("on_client_wakeup"));
        await scene.act(phones, { kind: "open", node: "sub-1" });
        await scene.connected(phones, "sub-1");
        await scene.settled();
        await control.registerHooks("sub-1", without("on_client_offline", "on_client_gone"));
        await scene.act(gone, { kind: "close" });
        await scene.settled();
        await control.registerHooks("sub-1", without());
      });
    },
  },
  {
    name: "case-27-cleanup",
    about: "an operator of the broker ends sessions with --cleanup, of which no hook tells",
    isAlone: false,
    sweepEverySeconds: 10,
    play: async (scene) => {
      const away = scene.newPhones(3);
      const connected = scene.newPhones(3);
      const asleep = scene.newPhones(2);
      const phones = [...away, ...connected, ...asleep];
      await scene.act(phones, { kind: "open" });
      await scene.connected(phones);
      await scene.act(away, { kind: "close" });
      await scene.settled();
      await scene.fault({ hides: true }, async () => {
        await scene.act(asleep, { kind: "kill" });
        for (const { person } of phones) {
          const { clientId } = person;
          await scene.world.askAdmin("sub-1", `/api/v1/session/disconnect?client-id=${clientId}&--cleanup`);
          if (!connected.some((phone) => phone.person.clientId === clientId))
            scene.sessionEndedAt.set(clientId, Date.now());
        }
        await scene.connected(connected);
      });
    },
  },
  {
    name: "case-28-gateway-killed",
    about: "a gateway is killed -9 with events in its memory, which the standing database did not take",
    isAlone: true,
    play: async (scene) => {
      const { postgres, gateways } = scene.world;
      const phones = await opened(scene, 12);
      await scene.fault({ hides: true }, async () => {
        await postgres.freeze();
        await stir(scene, phones);
        await scene.pause(1_500);
        for (const name of GATEWAYS) await gateways[name].kill();
        await postgres.thaw();
        await Promise.all(GATEWAYS.map((name) => gateways[name].start()));
        await scene.connected(phones.filter((_, index) => index % 3 !== 0));
      });
    },
  },
];
