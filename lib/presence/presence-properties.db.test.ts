import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeNode, testContext } from "@/test/factories";
import { createDoubtAnswerer } from "./answer-doubts";
import { clientKeyOf } from "./client-key";
import { emptyFold, foldEvent, type PresenceEvent } from "./fold-events";
import { RANK, rankOf, startUsOf, type EndRank, type Rank } from "./version";
import { writePresence } from "./write-presence";

const { db } = await testDatabase();
const NODES = ["n1", "n2", "n3"] as const;
const BEGIN_US = 1_795_000_000_000_000;
const SECOND = 1_000_000;

beforeAll(async () => {
  for (const name of NODES) await makeNode(db, { name, bootedAt: new Date(BEGIN_US / 1_000 - 3_600_000) });
});

let count = 0;
const freshClient = (): string => `property-${(count += 1)}`;

/** Events of any clients, in order of receipt, as one batch of a gateway. */
const batchOf = (events: readonly PresenceEvent[]) => {
  const folds = new Map(events.map((event) => [event.clientId, emptyFold(event.clientId)]));
  for (const event of events)
    folds.set(event.clientId, foldEvent(folds.get(event.clientId) ?? emptyFold(event.clientId), event));
  return [...folds.values()];
};

interface Session {
  node: string;
  startUs: number;
  endUs: number;
  ending: string;
}

interface Held {
  node: string;
  startUs: number;
  rank: Rank;
}

/** What rule 2 and rule 3 say, one event after the other, with nothing clever. */
function model(events: readonly PresenceEvent[]): { now: Held | null; ended: Session[] } {
  return events.reduce<{ now: Held | null; ended: Session[] }>(
    ({ now, ended }, event) => {
      const close = (ending: string): Session[] =>
        now?.rank === RANK.open
          ? [...ended, { node: now.node, startUs: now.startUs, endUs: event.atUs, ending }]
          : ended;
      if (event.kind === "opened")
        return { now: { node: event.node, startUs: event.atUs, rank: RANK.open }, ended: close("taken_over") };
      if (event.kind === "confirmed" || now?.node !== event.node || now.rank >= event.rank) return { now, ended };
      return { now: { ...now, rank: event.rank }, ended: close(event.rank === RANK.queued ? "queued" : "gone") };
    },
    { now: null, ended: [] },
  );
}

async function stored(clientId: string) {
  const key = clientKeyOf(clientId);
  const { rows } = await db.pool.query<{ ver: number; node: string }>(
    "select ver, name as node from presence join broker_nodes using (node_id) where client_key = $1",
    [key],
  );
  const history = await db.pool.query<Session>(
    `select name as node, (extract(epoch from started_at) * 1000000)::bigint as "startUs",
       (extract(epoch from ended_at) * 1000000)::bigint as "endUs", ending
     from sessions join broker_nodes using (node_id) where client_key = $1 order by started_at, ended_at`,
    [key],
  );
  const [row] = rows;
  return {
    now: row ? { node: row.node, startUs: startUsOf(row.ver), rank: rankOf(row.ver) } : null,
    ended: history.rows,
  };
}

const node = fc.constantFrom(...NODES);

describe("presence, whatever comes", () => {
  it("says what the rules say, event by event, however the events are cut into batches", async () => {
    const event = fc.record({
      kind: fc.constantFrom("opened", "opened", "ended"),
      node,
      afterUs: fc.integer({ min: 1, max: 60 * SECOND }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(event, fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.constantFrom<EndRank>(RANK.queued, RANK.gone),
        async (given, rank) => {
          const clientId = freshClient();
          let atUs = BEGIN_US;
          const events = given.map(([{ kind, node: on, afterUs }], index): PresenceEvent => {
            atUs += afterUs;
            const seen = { clientId, node: on, atUs };
            return kind === "opened"
              ? { kind, ...seen, peer: { address: "203.0.113.9", port: index } }
              : { kind: "ended", ...seen, rank };
          });
          for (let from = 0; from < events.length;) {
            let to = from + 1;
            while (to < events.length && !given[to]?.[1]) to += 1;
            await writePresence(db.pool, batchOf(events.slice(from, to)));
            from = to;
          }
          expect(await stored(clientId)).toEqual(model(events));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("ends with the latest beginning of those that arrived, in any order, repeated, over several gateways at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ client: fc.nat(4), node, at: fc.nat(600), isLost: fc.boolean(), isRepeated: fc.boolean() }),
          {
            minLength: 4,
            maxLength: 60,
          },
        ),
        fc.infiniteStream(fc.nat()),
        async (given, random) => {
          const clients = Array.from({ length: 5 }, freshClient);
          const arriving = given
            .filter(({ isLost }) => !isLost)
            .flatMap(({ client, node: on, at, isRepeated }, port) => {
              const opened: PresenceEvent = {
                kind: "opened",
                clientId: clients[client] ?? "",
                node: on,
                // Distinct, as a gateway's clock is.
                atUs: BEGIN_US + at * SECOND + port,
                peer: { address: "203.0.113.9", port },
              };
              return isRepeated ? [opened, opened] : [opened];
            });
          const shuffled = arriving
            .map((event) => ({ event, key: random.next().value }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ event }) => event);
          const gateways: PresenceEvent[][] = [[], [], [], []];
          for (const [index, event] of shuffled.entries()) gateways[index % 4]?.push(event);
          await Promise.all(
            gateways.map(async (events) => {
              for (const event of events) await writePresence(db.pool, batchOf([event]));
            }),
          );
          for (const clientId of clients) {
            const starts = arriving.filter((event) => event.clientId === clientId).map((event) => event.atUs);
            const { now, ended } = await stored(clientId);
            expect(now?.startUs ?? null).toBe(starts.length > 0 ? Math.max(...starts) : null);
            const begun = ended.map((session) => session.startUs);
            expect(new Set(begun).size, "no session twice in the history").toBe(begun.length);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it("tells every session once, from its beginning to its end, whichever of several gateways is behind, and when batches are repeated", async () => {
    // A node's hooks go to one gateway and come there in order; batches of different gateways are written in any order, or at once.
    const event = fc.record({
      kind: fc.constantFrom("opened", "opened", "ended"),
      node,
      afterUs: fc.integer({ min: 2 * SECOND, max: 60 * SECOND }),
      cut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 14 }),
        fc.constantFrom<EndRank>(RANK.queued, RANK.gone),
        fc.infiniteStream(fc.nat(5)),
        fc.boolean(),
        async (given, rank, random, atOnce) => {
          const clientId = freshClient();
          let atUs = BEGIN_US;
          const events = given.map(({ kind, node: on, afterUs }, index): PresenceEvent => {
            atUs += afterUs;
            const seen = { clientId, node: on, atUs };
            return kind === "opened"
              ? { kind, ...seen, peer: { address: "203.0.113.9", port: index } }
              : { kind: "ended", ...seen, rank };
          });
          const gateways = NODES.map((name) => {
            const batches: PresenceEvent[][] = [];
            for (const [index, one] of events.entries())
              if (one.node === name) {
                if (given[index]?.cut || batches.length === 0) batches.push([]);
                batches.at(-1)?.push(one);
              }
            return batches;
          });
          const next = (): number => random.next().value ?? 0;
          const write = async (batch: PresenceEvent[]): Promise<void> => {
            // A batch whose answer was lost is written again, also after others.
            for (let times = next() === 0 ? 2 : 1; times > 0; times -= 1) await writePresence(db.pool, batchOf(batch));
          };
          if (atOnce)
            await Promise.all(
              gateways.map(async (batches) => {
                for (const batch of batches) await write(batch);
              }),
            );
          else
            for (let left = gateways; left.length > 0; left = left.filter((batches) => batches.length > 0)) {
              const batch = left[next() % left.length]?.shift();
              if (batch) await write(batch);
            }
          const { ended } = await stored(clientId);
          expect(ended).toEqual(model(events).ended);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is right in the end, or in doubt, when hooks come up to 13 s late", async () => {
    const step = fc.record({
      node,
      /** How long it stays, and until the next one; a next one before it left takes over. */
      staysMs: fc.integer({ min: 50, max: 40_000 }),
      pauseMs: fc.integer({ min: -30_000, max: 20_000 }),
      lateMs: fc.tuple(fc.nat(13_000), fc.nat(13_000)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const clientId = freshClient();
        const { hooks, truth } = live(clientId, steps);
        for (const event of hooks) await writePresence(db.pool, batchOf([event]));
        await db.pool.query("update presence_doubts set ask_at = now()");
        await settleOnly();
        const { now } = await stored(clientId);
        const isRight =
          now !== null && (now.rank === RANK.open) === (truth !== null) && (truth === null || now.node === truth);
        const doubts = await db.prisma.presenceDoubt.count({ where: { clientKey: clientKeyOf(clientId) } });
        expect(isRight || doubts > 0, JSON.stringify({ truth, now, hooks })).toBe(true);
        await db.pool.query("delete from presence_doubts");
      }),
      { numRuns: 60 },
    );
  });
});

/** The answerer's first step alone: nobody answers it anything. */
const settleOnly = () =>
  createDoubtAnswerer({
    ask: async () => ({ status: "no_answer", askedUs: 0, tookMs: 0 }),
    listOnline: async () => ({ online: new Map(), tookMs: 0 }),
  })(testContext(db, { process: "worker" }), { most: 1_000 });

interface Step {
  node: string;
  staysMs: number;
  pauseMs: number;
  lateMs: [number, number];
}

/**
 * What a broker would tell of a client that does these steps, as it arrives; `truth`: the node it is connected to in the end. A session's
 * beginning is told before its ending, since it holds the connect up; beyond that any hook may come late. [vernemq.md §1]
 */
function live(clientId: string, steps: readonly Step[]): { hooks: PresenceEvent[]; truth: string | null } {
  const hooks: PresenceEvent[] = [];
  let beginsUs = BEGIN_US;
  let truth: string | null = null;
  for (const [index, { node: on, staysMs, pauseMs, lateMs }] of steps.entries()) {
    const seen = { clientId, node: on };
    const peer = { address: "203.0.113.9", port: 1_000 + index };
    const toldUs = beginsUs + lateMs[0] * 1_000;
    hooks.push({ kind: "opened", ...seen, atUs: toldUs, peer }, { kind: "confirmed", ...seen, atUs: toldUs + 1, peer });
    const isLast = index === steps.length - 1;
    const leavesUs = beginsUs + staysMs * 1_000;
    const nextUs = Math.max(beginsUs + 20_000, leavesUs + pauseMs * 1_000);
    // Taken over, its node tells of the ending as the next one begins.
    const endsUs = isLast ? leavesUs : Math.min(leavesUs, nextUs - 1);
    if (isLast && pauseMs < 0) truth = on;
    else
      hooks.push({ kind: "ended", ...seen, atUs: Math.max(endsUs + lateMs[1] * 1_000, toldUs + 2), rank: RANK.queued });
    beginsUs = nextUs;
  }
  return { hooks: hooks.toSorted((a, b) => a.atUs - b.atUs), truth };
}
