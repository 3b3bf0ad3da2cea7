import mqtt from "mqtt";
import { explainClient } from "@/lib/timeline/explain-client";
import { testContext } from "../../factories";
import { readShown } from "../store";
import type { PresenceCase } from "../case";

/** Cases of what clients do by themselves; nothing is broken. */
export const CLIENT_CASES: readonly PresenceCase[] = [
  {
    name: "case-12-all-move",
    about: "all clients move to the other node within five seconds, and back",
    isAlone: false,
    play: async (scene) => {
      const phones = [...scene.newPhones(20), ...scene.newPhones(4, { cleanSession: true })];
      await scene.act(phones, { kind: "open", node: "sub-1" }, 2_000);
      await scene.connected(phones, "sub-1");
      for (const node of ["sub-2", "sub-1"]) {
        await scene.reconnect(phones, { kind: "hand-over", node }, 5_000);
      }
    },
  },
  {
    name: "case-13-shared-client-id",
    about:
      "two phones with one client identifier throw one another out for ten seconds, until one gives up; it is named as such",
    isAlone: false,
    play: async (scene) => {
      const first = scene.newPhones(3);
      // All connections of this machine come from one address, so their tokens tell them apart.
      const second = first.map(({ person }) => scene.newPhone({ ...person, deviceModel: "Another phone" }));
      await scene.act(first, { kind: "open", node: "sub-1" });
      await scene.connected(first, "sub-1");
      await scene.act(second, { kind: "open", node: "sub-2" });
      await scene.pause(10_000);
      await scene.closeConnected(second);
      await scene.connected(first);
      await scene.settled();
      for (const { person } of first) {
        const context = testContext(scene.world.db, { process: "scenarios" });
        const { flapping } = await explainClient(context, { clientId: person.clientId });
        if (!flapping?.sharedId) throw new Error(`two phones are not named: ${JSON.stringify(flapping)}`);
      }
    },
  },
  {
    name: "case-14-one-token-two-clients",
    about: "one person with one token on two phones: two clients, each with its own presence",
    isAlone: false,
    play: async (scene) => {
      const one = scene.newPerson();
      const phone = scene.newPhone(one);
      const tablet = scene.newPhone({ ...one, clientId: `${one.clientId}-tablet` });
      await scene.act([phone, tablet], { kind: "open" });
      await scene.connected([phone, tablet]);
      await scene.act([tablet], { kind: "close" });
    },
  },
  {
    name: "case-15-token-and-identifier-change",
    about: "a new token while connected (a new connection), then a reinstall: another client identifier of the person",
    isAlone: false,
    play: async (scene) => {
      const people = [scene.newPerson(), scene.newPerson()];
      const before = people.map((person) => scene.newPhone(person));
      await scene.act(before, { kind: "open" });
      await scene.connected(before);
      await scene.reconnect(before, { kind: "cut" });
      await scene.act(before, { kind: "kill" });
      const after = people.map((person) => scene.newPhone({ ...person, clientId: `${person.clientId}-re` }));
      await scene.act(after, { kind: "open" });
      await scene.connected(after);
    },
  },
  {
    name: "case-16-clean-to-kept",
    about: "a client asks for a clean session, then for one that is kept, then for a clean one again",
    isAlone: false,
    play: async (scene) => {
      const people = [scene.newPerson(), scene.newPerson(), scene.newPerson()];
      for (const cleanSession of [true, false, true, false]) {
        const phones = people.map((person) => scene.newPhone({ ...person, cleanSession }));
        await scene.act(phones, { kind: "open" });
        await scene.connected(phones);
        await scene.settled();
        await scene.act(phones, { kind: "kill" });
        await scene.settled();
      }
    },
  },
  {
    name: "case-17-asleep",
    about: "phones fall silent without FIN: shown online until the broker's keep alive is over, then not",
    isAlone: false,
    play: async (scene) => {
      const phones = [...scene.newPhones(4), ...scene.newPhones(2, { cleanSession: true })];
      const [back, asleep] = [phones.slice(0, 2), phones.slice(2)];
      await scene.act(phones, { kind: "open" });
      await scene.connected(phones);
      await scene.act(phones, { kind: "lose-network" });
      await scene.pause(1_000);
      await scene.act(back, { kind: "find-network" });
      await scene.connected(back);
      await scene.act(asleep, { kind: "kill" });
    },
  },
  {
    name: "case-23-identifiers",
    about:
      "the longest identifier of the contract connects; longer ones and other characters are refused and leave no row",
    isAlone: false,
    play: async (scene) => {
      const longest = scene.newPhone(
        scene.newPerson({ clientId: "l".repeat(64 - 8) + scene.newPerson().clientId.slice(-8) }),
      );
      await scene.act([longest], { kind: "open" });
      await scene.connected([longest]);
      const foreign = ["l".repeat(65), "~and-1", "and/1", "and+1", "and#", "and 1", "ändern"];
      for (const clientId of foreign) {
        const person = scene.newPerson({ clientId });
        const { token } = await scene.world.issuer.issue(person);
        const { returnCode } = await scene.connectOnce({
          person,
          node: "sub-1",
          connect: { username: token, clean: true },
        });
        if (returnCode === 0) throw new Error(`${clientId} was accepted`);
      }
      const shown = await readShown(scene.world.looks, foreign);
      if (shown.size > 0) throw new Error(`there is presence of ${[...shown.keys()].join(", ")}`);
    },
  },
  {
    name: "case-25-services",
    about: "clients of services on the publisher node are no devices and never appear as such",
    isAlone: false,
    play: async (scene) => {
      const { url, username, password } = scene.world.service;
      const clientId = "scenario-service-client";
      for (const _ of [1, 2]) {
        const client = await mqtt.connectAsync(url, { clientId, username, password, reconnectPeriod: 0 });
        await scene.pause(1_500);
        const { rows } = await scene.world.db.pool.query(
          "select 1 from clients where client_id = $1 union all select 1 from presence p join broker_nodes n using (node_id) where n.role = 'publisher'",
          [clientId],
        );
        await client.endAsync();
        if (rows.length > 0) throw new Error("a service is shown as a device");
      }
    },
  },
  {
    name: "case-30-overlapping-connects",
    about: "two CONNECTs of one identifier at once: the one whose authentication ends last has the session",
    isAlone: false,
    play: async (scene) => {
      const phones = scene.newPhones(3);
      for (const { person } of phones) {
        const { token } = await scene.world.issuer.issue(person);
        const slow = { node: "sub-1", hook: "auth_on_register", clientIds: [person.clientId] };
        await scene.world.control.putHookFault({ ...slow, delayMs: 1_000 });
        const connect = { username: token, clean: false, keepalive: 3 };
        const [late, early] = await Promise.all([
          scene.connectOnce({ person, node: "sub-1", connect }),
          scene.connectOnce({ person, node: "sub-2", connect }),
        ]);
        await scene.world.control.putHookFault(slow);
        if (late.returnCode !== 0 || early.returnCode !== 0) throw new Error("one of both was refused");
        await early.ended;
      }
      await scene.settled();
      // As one-time clients never come back, the phones themselves take over: the case ends as it began, with one each.
      await scene.act(phones, { kind: "open", node: "sub-1" });
      await scene.connected(phones, "sub-1");
    },
  },
  {
    name: "case-32-another-person",
    about:
      "another person signs in on the same phone: refused under the first one's identifier, a client of their own under another",
    isAlone: false,
    play: async (scene) => {
      const owner = scene.newPerson();
      const first = scene.newPhone(owner);
      await scene.act([first], { kind: "open" });
      await scene.connected([first]);
      await scene.settled();
      const other = scene.newPerson();
      const { token } = await scene.world.issuer.issue(other);
      const intruder = await scene.connectOnce({
        person: { ...other, clientId: owner.clientId },
        node: "sub-2",
        connect: { username: token, clean: false },
      });
      if (intruder.returnCode === 0) throw new Error("another person's token was taken for this client");
      await scene.act([first], { kind: "close" });
      const second = scene.newPhone({ ...other, clientId: `${owner.clientId}-2` });
      await scene.act([second], { kind: "open" });
      await scene.connected([second]);
    },
  },
];
