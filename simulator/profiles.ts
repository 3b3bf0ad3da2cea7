import type { TokenHabit } from "./phone-token";
import {
  dayPlan,
  flappingPlan,
  lostNetworkPlan,
  mostlyOnlinePlan,
  type Plan,
  practicePlan,
  sleepyPlan,
  stillPlan,
  stormPlan,
} from "./plans";
import { pickByShare, type Random } from "./random";
import type { UploadHabit } from "./upload-habits";

/** How a fleet behaves: what happens to its phones, and what kind of phones they are. */
export interface Profile {
  about: string;
  plan: Plan;
  tokenHabit: (random: Random) => TokenHabit;
  uploadHabit: (random: Random) => UploadHabit;
  /** In a second of the phones' day; 0: as fast as they can. */
  readBytesPerSecond: number;
  /** 2: two phones with one client identifier, and one person. */
  phonesPerClientId: 1 | 2;
  /** Whether the fleet's service sends messages to its phones all the time, so that there is something to be slow at. */
  isFed: boolean;
}

const USUAL: Omit<Profile, "about"> = {
  plan: stillPlan,
  tokenHabit: () => ({ kind: "sound" }),
  uploadHabit: () => "usual",
  readBytesPerSecond: 0,
  phonesPerClientId: 1,
  isFed: false,
};

/** Profiles by name, as `--profile` takes them. */
export const PROFILES = {
  practice: {
    ...USUAL,
    about: "the fleet of npm start: about 85 % online, something happens to each phone every few minutes",
    plan: practicePlan,
    tokenHabit: () => ({ kind: "usual" }),
  },
  still: { ...USUAL, about: "connects and stays: for measuring what a connection costs" },
  day: {
    ...USUAL,
    about: "a mobile day: uses by the hour, hand-overs, dead spots, background kills, sleep, token refresh",
    plan: dayPlan,
    tokenHabit: () => ({ kind: "usual" }),
  },
  flapping: { ...USUAL, about: "connections that hold for seconds", plan: flappingPlan },
  "reconnect-storm": {
    ...USUAL,
    about: "all drop at one moment, all are back within a minute; every ten minutes",
    plan: stormPlan,
  },
  "bad-credentials": {
    ...USUAL,
    about: "tokens signed by a stranger or meant for another service: refused, again and again",
    tokenHabit: () => ({ kind: "faulty", faults: ["wrong-signature", "wrong-audience"] }),
  },
  "expired-token": {
    ...USUAL,
    about:
      "half come with a token past its time; half have one run out while connected (2 min, a day's speed shortens it to 20 s) and are ended 60 s later",
    tokenHabit: (random) => (random() < 0.5 ? { kind: "faulty", faults: ["expired"] } : { kind: "runs-out" }),
  },
  "shared-client-id": { ...USUAL, about: "two phones fight over one client identifier", phonesPerClientId: 2 },
  "slow-consumer": {
    ...USUAL,
    about: "phones read 600 bytes a second of their day, and a service sends them two thirds of that",
    readBytesPerSecond: 600,
    isFed: true,
  },
  "lost-network": {
    ...USUAL,
    about: "sockets die without FIN; the broker finds out by keep-alive",
    plan: lostNetworkPlan,
  },
  sleepy: { ...USUAL, about: "persistent sessions: minutes awake, hours offline", plan: sleepyPlan },
  "log-requests": {
    ...USUAL,
    about: "asked for logs, phones decline, upload slowly, break off, or say everything twice",
    plan: mostlyOnlinePlan,
    uploadHabit: (random) =>
      pickByShare(random, [
        ["usual", 40],
        ["declines", 15],
        ["slow", 20],
        ["broken", 15],
        ["repeats", 10],
      ]),
  },
} satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
export const PROFILE_NAMES = Object.keys(PROFILES) as [ProfileName, ...ProfileName[]];

/** The profile of a name. */
export const profileOf = (name: ProfileName): Profile => PROFILES[name];
