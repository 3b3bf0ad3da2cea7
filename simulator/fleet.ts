import path from "node:path";
import type { PlannedAct } from "./act";
import { timingAt } from "./device-timing";
import type { TokenIssuer } from "./device-token";
import { type Person, personOf } from "./people";
import { createPhone, type Phone, type PhoneOptions } from "./phone";
import { createTokenSource } from "./phone-token";
import { playPlan } from "./play-plan";
import { type ProfileName, profileOf } from "./profiles";
import { seededRandom } from "./random";

export interface FleetOptions extends Pick<PhoneOptions, "brokers" | "topicRoot" | "truth" | "onHappening" | "now"> {
  profile: ProfileName;
  /** Phones of the whole fleet, and which of them are here: from (inclusive) to (exclusive). */
  phones: number;
  part?: { from: number; to: number };
  seed: number;
  /** Seconds of the phones' day in one second. */
  speed: number;
  startHour: number;
  /** First connects, of the whole fleet. */
  connectsPerSecond: number;
  /** Of good tokens: how often a phone that stays has to come with a new one. */
  tokenLifeSeconds: number;
  issuer: TokenIssuer;
  /** Where phones keep their logs and what they must remember. */
  folder: string;
}

export interface Fleet {
  people: readonly Person[];
  phones: readonly Phone[];
  /** Lets each phone's day begin. */
  start: () => void;
  /** Nothing more happens to the phones by itself; they stay as they are. */
  rest: () => void;
  /** Ends every phone's process at once, without DISCONNECT. */
  close: () => void;
}

type WhichPhone = Pick<FleetOptions, "profile" | "phones" | "seed" | "speed" | "startHour" | "connectsPerSecond"> & {
  index: number;
};

/** What will happen to phone number `index` (from 0) of a fleet: the same for the same options, whatever happens to the others. */
export function planOf(which: WhichPhone): Generator<PlannedAct, void> {
  const rampMs = (which.phones / which.connectsPerSecond) * 1_000 * which.speed;
  const random = seededRandom(which.seed, "day", which.profile, which.index);
  return profileOf(which.profile).plan({ random, rampMs, startHour: which.startHour });
}

/** Whose phone number `index` of a fleet is. */
export function ownerOf(which: Pick<WhichPhone, "profile" | "seed" | "index">): Person {
  const { phonesPerClientId } = profileOf(which.profile);
  return personOf(which.seed, which.index - (which.index % phonesPerClientId));
}

/** The people of a seed with their phones, which behave as the profile says. */
export function createFleet(options: FleetOptions): Fleet {
  const { from, to } = options.part ?? { from: 0, to: options.phones };
  const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
  const phones = indexes.map((index) => createFleetPhone(options, index));
  let ends: (() => void)[] = [];
  const rest = (): void => {
    for (const end of ends) end();
  };
  return {
    people: [...new Map(phones.map(({ person }) => [person.personId, person])).values()],
    phones,
    start: () => {
      const { speed, now } = options;
      const startedAtMs = now();
      ends = phones.map((phone, position) => {
        const plan = planOf({ ...options, index: from + position });
        return playPlan({ plan, act: phone.act, speed, startedAtMs, now });
      });
    },
    rest,
    close: () => {
      rest();
      for (const phone of phones) phone.act({ kind: "kill" });
    },
  };
}

function createFleetPhone(options: FleetOptions, index: number): Phone {
  const { seed, speed, issuer, now } = options;
  const profile = profileOf(options.profile);
  const person = ownerOf({ ...options, index });
  const random = seededRandom(seed, "phone", index, person.clientId);
  const habits = seededRandom(seed, "habits", options.profile, index);
  const isSecond = index % profile.phonesPerClientId === 1;
  return createPhone({
    ...options,
    person,
    folder: isSecond ? path.join(options.folder, "second-phones") : options.folder,
    getToken: createTokenSource({
      habit: profile.tokenHabit(habits),
      person,
      issuer,
      lifeSeconds: options.tokenLifeSeconds,
      random,
      now,
    }),
    uploadHabit: profile.uploadHabit(habits),
    readBytesPerSecond: profile.readBytesPerSecond * speed,
    timing: timingAt(speed),
    random,
  });
}
