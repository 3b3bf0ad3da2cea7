import { randomUUID } from "node:crypto";
import path from "node:path";
import type { Act } from "@/simulator/act";
import type { DeviceTiming } from "@/simulator/device-timing";
import { personOf, type Person } from "@/simulator/people";
import { createPhone, type Phone } from "@/simulator/phone";
import { pause as pauseUntil } from "@/simulator/pause";
import { createTokenSource } from "@/simulator/phone-token";
import { seededRandom } from "@/simulator/random";
import { collectTruth, trueStateAt, type IntervalLine, type Truth } from "@/simulator/truth";
import { recordTruth, type TruthRecorder } from "@/simulator/truth-recorder";
import { DEFAULT_TOPIC_ROOT } from "@/lib/mqtt/device-topics";
import { until } from "../broker/until";
import { createJudge, type Judge } from "./judge";
import { RECOVERY_MS, type FaultWindow } from "./judge-history";
import { connectOnce, type OnceClient } from "./once-client";
import { readShown } from "./store";
import type { World } from "./world";

/** Phones of the suite: quick to come back, and found silent within seconds. */
export const SCENE_TIMING: DeviceTiming = {
  keepAliveSeconds: 3,
  connackTimeoutMs: 10_000,
  retryBaseMs: 200,
  retryCeilingMs: 2_000,
  settledMs: 5_000,
};

export interface ScenePhone extends Phone {
  /** CONNACK return codes other than 0 it has heard. */
  readonly refusals: readonly number[];
}

/** What a case plays on: its own phones in the shared world, with the judge looking all the while. */
export interface Scene {
  readonly world: World;
  readonly truth: Truth;
  readonly recorder: TruthRecorder;
  readonly judge: Judge;
  readonly windows: readonly FaultWindow[];
  readonly clientIds: ReadonlySet<string>;
  readonly sessionEndedAt: Map<string, number>;
  /** A person nobody else in the run is. */
  newPerson: (given?: Partial<Person>) => Person;
  /** So many phones, of people of their own, switched on with the app closed. */
  newPhones: (count: number, given?: Partial<Person>) => ScenePhone[];
  /** A phone of this person, e.g. another of somebody who has one; of `node` alone, if it reaches no other. */
  newPhone: (person: Person, node?: string) => ScenePhone;
  connectOnce: (
    options: Pick<Parameters<typeof connectOnce>[0], "node" | "connect"> & { person: Person },
  ) => Promise<OnceClient>;
  /** Lets the same happen to phones: at once, or one after the other over this time. */
  act: (phones: readonly Phone[], act: Act, overMs?: number) => Promise<void>;
  /** The same, and waits until each phone has a connection that it had not before, so that nothing of it is still under way. */
  reconnect: (phones: readonly Phone[], act: Act, overMs?: number) => Promise<void>;
  /** Each closes its app at a moment when it is connected, so that it gives up no CONNECT the broker may have accepted. */
  closeConnected: (phones: readonly Phone[]) => Promise<void>;
  /** Waits until the phones are connected, by the truth; to this node, if one is named. */
  connected: (phones: readonly Phone[], node?: string) => Promise<void>;
  /** Waits until the store shows every client as it is, none in doubt. Throws with the differences after 30 s. */
  settled: () => Promise<void>;
  /** A fault that lasts as long as the work; what it excuses in the history is said by FaultWindow. */
  fault: (kind: { hides: boolean; stands?: boolean }, work: () => Promise<void>) => Promise<void>;
  pause: (ms: number) => Promise<void>;
  close: () => Promise<void>;
}

const LOOK_EVERY_MS = 400;
const NEVER = new AbortController().signal;
// Some looks in a row, so that a moment of rightness between two hooks does not count.
const SETTLED_LOOKS = 3;
const CONNECTED_LIMIT_MS = 30_000;

/** Waits, or until the signal says stop. */
export const pause = (ms: number, signal = NEVER): Promise<void> => pauseUntil(Math.max(0, ms), signal);

/** Opens the scene of a case; people differ by `seed`. */
export function openScene(world: World, { name, seed }: { name: string; seed: number }): Scene {
  const { truth, take } = collectTruth();
  const recorder = recordTruth({
    file: path.join(world.folder, "truth", `${name}.jsonl`),
    now: Date.now,
    onLine: take,
  });
  const { keepAliveSeconds } = SCENE_TIMING;
  recorder.run({ run: name, seed, phones: 0, speed: 1, keepAliveSeconds });
  const clientIds = new Set<string>();
  const sessionEndedAt = new Map<string, number>();
  const judge = createJudge({ truth, clientIds, rules: { keepAliveSeconds, sessionEndedAt } });
  const windows: FaultWindow[] = [];
  const phones: Phone[] = [];
  let people = 0;
  let settledLooks = 0;
  const closing = new AbortController();

  const lookOnce = async (): Promise<void> => {
    const beforeMs = Date.now();
    // A store that does not answer shows nothing, so nothing wrong.
    const shown = await readShown(world.looks, [...clientIds]).catch(() => null);
    if (!shown) {
      settledLooks = 0;
      return;
    }
    judge.look({ beforeMs, afterMs: Date.now(), shown });
    settledLooks = judge.differences().length === 0 ? settledLooks + 1 : 0;
  };
  const looking = (async () => {
    while (!closing.signal.aborted) {
      await lookOnce();
      await pause(LOOK_EVERY_MS);
    }
  })();

  const newPerson: Scene["newPerson"] = (given = {}) => {
    people += 1;
    return { ...personOf(seed, people), cleanSession: false, badTokenShare: 0, ...given };
  };
  const newPhone: Scene["newPhone"] = (person, node) => {
    clientIds.add(person.clientId);
    const random = seededRandom(seed, "scene", name, phones.length);
    const refusals: number[] = [];
    const phone = createPhone({
      person,
      seed,
      getToken: createTokenSource({
        habit: { kind: "sound" },
        person,
        issuer: world.issuer,
        lifeSeconds: 3_600,
        random,
        now: Date.now,
      }),
      brokers: world.brokers.filter((broker) => node === undefined || broker.node === node),
      topicRoot: DEFAULT_TOPIC_ROOT,
      folder: path.join(world.folder, "phones", name, randomUUID()),
      uploadHabit: "usual",
      readBytesPerSecond: 0,
      timing: SCENE_TIMING,
      truth: recorder,
      onHappening: (happening) => {
        if (happening.kind === "refused") refusals.push(happening.returnCode);
      },
      random,
      now: Date.now,
    });
    phones.push(phone);
    return Object.assign(phone, { refusals });
  };

  const act: Scene["act"] = async (some, what, overMs = 0) => {
    recorder.step(`${some.length} phones: ${what.kind}${"node" in what && what.node ? ` → ${what.node}` : ""}`);
    for (const phone of some) {
      phone.act(what);
      if (overMs > 0) await pause(overMs / some.length);
    }
  };
  const latestOf = ({ person }: Phone): IntervalLine | null => truth.intervals.get(person.clientId)?.at(-1) ?? null;

  return {
    world,
    truth,
    recorder,
    judge,
    windows,
    clientIds,
    sessionEndedAt,
    newPerson,
    newPhone,
    newPhones: (count, given) => Array.from({ length: count }, () => newPhone(newPerson(given))),
    connectOnce: ({ person, node, connect }) => {
      const broker = world.brokers.find((one) => one.node === node);
      if (!broker) throw new Error(`There is no node ${node}`);
      clientIds.add(person.clientId);
      return connectOnce({ url: broker.url, node, clientId: person.clientId, connect, truth: recorder });
    },
    act,
    reconnect: async (some, what, overMs) => {
      const before = new Map(some.map((phone) => [phone, latestOf(phone)?.interval]));
      await act(some, what, overMs);
      const isNew = (phone: Phone): boolean => {
        const latest = latestOf(phone);
        return latest !== null && latest.to === null && latest.interval !== before.get(phone);
      };
      await until(`${some.length} phones are connected anew`, () => some.every(isNew), CONNECTED_LIMIT_MS);
    },
    closeConnected: async (some) => {
      let left = some;
      const closeThose = (): boolean => {
        const now = left.filter(({ status }) => status === "online");
        left = left.filter((phone) => !now.includes(phone));
        for (const phone of now) phone.act({ kind: "close" });
        return left.length === 0;
      };
      await until(`${some.length} phones were connected and closed`, closeThose, CONNECTED_LIMIT_MS);
    },
    connected: (some, node) =>
      until(
        `${some.length} phones are connected${node ? ` to ${node}` : ""}`,
        () =>
          some.every(({ person }) => {
            const state = trueStateAt(truth, person.clientId, Date.now());
            return state.status === "connected" && (node === undefined || state.node === node);
          }),
        CONNECTED_LIMIT_MS,
      ).then(() => undefined),
    settled: async () => {
      settledLooks = 0;
      await until("settled", () => settledLooks >= SETTLED_LOOKS, RECOVERY_MS).catch((cause: unknown) => {
        throw new Error(`not right ${RECOVERY_MS / 1_000} s after: ${judge.differences().slice(0, 4).join("; ")}`, {
          cause,
        });
      });
    },
    fault: async ({ hides, stands = false }, work) => {
      const fromMs = Date.now();
      try {
        await work();
      } finally {
        windows.push({ fromMs, toMs: Date.now(), hides, stands });
      }
    },
    pause,
    close: async () => {
      closing.abort();
      await looking;
      for (const phone of phones) phone.act({ kind: "kill" });
      await recorder.close();
    },
  };
}
