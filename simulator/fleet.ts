import { playDay } from "./behaviour";
import type { Device } from "./device";
import { type Person, personOf } from "./people";
import { createPhone, type PhoneOptions } from "./phone";
import { seededRandom } from "./random";

export interface FleetOptions extends Omit<PhoneOptions, "person" | "random"> {
  devices: number;
}

export interface Fleet {
  people: readonly Person[];
  devices: readonly Device[];
  /** Lets each phone's day begin. */
  start: () => void;
  /** Cuts every connection at once, without DISCONNECT. */
  close: () => void;
}

// About what one gateway and one embedded node take on a small machine beside everything else; a guess to revisit.
const CONNECTS_PER_SECOND = 40;

/** The people of a seed with their phones. */
export function createFleet(options: FleetOptions): Fleet {
  const people = Array.from({ length: options.devices }, (_, index) => personOf(options.seed, index));
  const devices = people.map((person) =>
    createPhone({ ...options, person, random: seededRandom(options.seed, "phone", person.clientId) }),
  );
  const rampMs = (options.devices / CONNECTS_PER_SECOND) * 1_000;
  let ends: (() => void)[] = [];
  return {
    people,
    devices,
    start: () => {
      ends = devices.map((device, index) =>
        playDay({ device, random: seededRandom(options.seed, "day", index), rampMs }),
      );
    },
    close: () => {
      for (const end of ends) end();
      for (const device of devices) device.close();
    },
  };
}
