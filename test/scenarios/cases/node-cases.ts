import type { PresenceCase } from "../case";
import type { Scene, ScenePhone } from "../scene";
import { WORLD_TIMING } from "../world";

/** Cases of the broker's nodes and of the net between them. */

/** On each subscriber node phones that come back by themselves and phones that do not: they lose their network with the fault. */
async function openOnBoth(scene: Scene): Promise<Record<"back" | "asleep" | "elsewhere", ScenePhone[]>> {
  const back = [...scene.newPhones(3), ...scene.newPhones(1, { cleanSession: true })];
  const asleep = [...scene.newPhones(3), ...scene.newPhones(1, { cleanSession: true })];
  const elsewhere = scene.newPhones(3);
  await scene.act([...back, ...asleep], { kind: "open", node: "sub-1" });
  await scene.act(elsewhere, { kind: "open", node: "sub-2" });
  await scene.connected([...back, ...asleep], "sub-1");
  await scene.connected(elsewhere, "sub-2");
  await scene.settled();
  return { back, asleep, elsewhere };
}

/** A node ends with all its clients; the store is right while it is down, and after it is back. */
const nodeEnds = (action: "kill" | "stop") => async (scene: Scene) => {
  const { control } = scene.world;
  const { back, asleep, elsewhere } = await openOnBoth(scene);
  await scene.fault({ hides: true }, async () => {
    await scene.act(asleep, { kind: "kill" });
    await control.actOnNode("sub-1", action);
    await scene.connected([...back, ...elsewhere], "sub-2");
    await scene.settled();
    await control.actOnNode("sub-1", "start");
  });
  await scene.settled();
  await scene.act(asleep.slice(0, 1), { kind: "open", node: "sub-1" });
  await scene.connected(asleep.slice(0, 1), "sub-1");
};

export const NODE_CASES: readonly PresenceCase[] = [
  {
    name: "case-08-node-killed",
    about: "a node dies with all its clients and says nothing; some come back elsewhere, some do not",
    isAlone: true,
    play: nodeEnds("kill"),
  },
  {
    name: "case-09-node-stopped",
    about: "a node is stopped as for maintenance, and says as little",
    isAlone: true,
    play: nodeEnds("stop"),
  },
  {
    name: "case-10-cluster-restarted",
    about: "all nodes end at once and are back after some seconds; some clients come back, some do not",
    isAlone: true,
    play: async (scene) => {
      const nodes = ["sub-1", "sub-2", "pub-1"];
      const { back, asleep, elsewhere } = await openOnBoth(scene);
      await scene.fault({ hides: true }, async () => {
        await scene.act(asleep, { kind: "kill" });
        for (const node of nodes) await scene.world.control.actOnNode(node, "kill");
        await scene.pause(5_000);
        for (const node of nodes) await scene.world.control.actOnNode(node, "start");
        await scene.connected([...back, ...elsewhere]);
      });
    },
  },
  {
    name: "case-11-netsplit",
    about: "the net splits, one client is on both sides of it, others move; then it heals",
    isAlone: true,
    pastUnjudged:
      "each side says that it has the client: an answer of the one where it was before may end the later session, which begins anew after healing",
    play: async (scene) => {
      const { control } = scene.world;
      const { asleep, elsewhere } = await openOnBoth(scene);
      const here = [scene.newPerson(), scene.newPerson()].map((person) => scene.newPhone(person, "sub-1"));
      const there = here.map(({ person }) => scene.newPhone(person, "sub-2"));
      await scene.act(here, { kind: "open" });
      await scene.connected(here, "sub-1");
      await scene.fault({ hides: true }, async () => {
        await control.splitNet([["sub-1"], ["sub-2", "pub-1"]]);
        await scene.act(there, { kind: "open" });
        await scene.connected(there, "sub-2");
        await scene.act(asleep, { kind: "kill" });
        await scene.reconnect(elsewhere, { kind: "hand-over", node: "sub-1" });
        await scene.pause(5_000);
        // The phones that came first stay connected and silent, or healing would begin a fight.
        await scene.act(here, { kind: "lose-network" });
        await scene.act(here, { kind: "kill" });
        await control.healNet();
        await scene.connected(there, "sub-2");
      });
    },
  },
  {
    name: "case-26-node-frozen",
    about:
      "a node is frozen until the others notice, then thaws and tells late what happened; then it freezes for a moment",
    isAlone: true,
    play: async (scene) => {
      const { control } = scene.world;
      const { back, asleep, elsewhere } = await openOnBoth(scene);
      await scene.fault({ hides: true, stands: true }, async () => {
        await control.actOnNode("sub-1", "freeze");
        await scene.act(asleep, { kind: "kill" });
        // CONNECTs hang on every node until the freeze is noticed.
        await scene.pause((WORLD_TIMING.freezeNoticedSeconds + 4) * 1_000);
        await control.actOnNode("sub-1", "thaw");
        // What is told late comes up to 6.6 s after.
        await scene.pause(7_000);
        await scene.connected([...back, ...elsewhere]);
      });
      await scene.settled();
      await scene.fault({ hides: false, stands: true }, async () => {
        await control.actOnNode("sub-2", "freeze");
        await scene.pause(3_000);
        await control.actOnNode("sub-2", "thaw");
        await scene.connected([...back, ...elsewhere]);
      });
    },
  },
  {
    name: "case-29-accepted-then-refused",
    about: "the authentication is accepted and the CONNECT is not: nodes are missed, or the will is denied",
    isAlone: true,
    play: async (scene) => {
      const { control, issuer } = scene.world;
      const waiting = scene.newPhones(3);
      await scene.fault({ hides: true }, async () => {
        await control.allowRegisterDuringNetsplit(false);
        await control.splitNet([["sub-1"], ["sub-2", "pub-1"]]);
        await scene.act(waiting, { kind: "open" });
        for (const _ of [1, 2, 3]) {
          const person = scene.newPerson();
          const { token } = await issuer.issue(person);
          const will = {
            topic: "lc/v1/clients/somebody-else/events",
            payload: Buffer.from("x"),
            qos: 1,
            retain: false,
          } as const;
          const { returnCode } = await scene.connectOnce({ person, node: "sub-1", connect: { username: token, will } });
          if (returnCode !== 3) throw new Error(`CONNACK ${returnCode} where 3 was expected`);
        }
        await scene.pause(3_000);
        await control.healNet();
        await control.allowRegisterDuringNetsplit(true);
      });
      await scene.connected(waiting);
      for (const clean of [true, false]) {
        const person = scene.newPerson();
        const { token } = await issuer.issue(person);
        const will = {
          topic: "lc/v1/clients/somebody-else/events",
          payload: Buffer.from("x"),
          qos: 1,
          retain: false,
        } as const;
        const { returnCode } = await scene.connectOnce({
          person,
          node: "sub-1",
          connect: { username: token, clean, will },
        });
        if (returnCode !== 5) throw new Error(`CONNACK ${returnCode} for a denied will`);
      }
    },
  },
];
