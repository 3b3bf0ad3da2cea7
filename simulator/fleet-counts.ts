import type { Happening } from "./device";
import type { Phone } from "./phone";

/** What a fleet did so far, for the terminal. */
export interface FleetCounts {
  phones: number;
  online: number;
  connects: number;
  refused: number;
  lost: number;
  messages: number;
  events: number;
}

export const NO_COUNTS: FleetCounts = {
  phones: 0,
  online: 0,
  connects: 0,
  refused: 0,
  lost: 0,
  messages: 0,
  events: 0,
};

/** Counts what happens to a fleet's phones. */
export function countHappenings(phones: () => readonly Phone[]) {
  const counts = { ...NO_COUNTS };
  return {
    observe: (happening: Happening | { kind: "message" }): void => {
      if (happening.kind === "connected") counts.connects += 1;
      if (happening.kind === "refused") counts.refused += 1;
      if (happening.kind === "ended" && happening.why === "lost") counts.lost += 1;
      if (happening.kind === "message") counts.messages += 1;
      if (happening.kind === "event") counts.events += 1;
    },
    read: (): FleetCounts => ({
      ...counts,
      phones: phones().length,
      online: phones().filter(({ status }) => status === "online").length,
    }),
  };
}

/** The sum over several processes. */
export const addCounts = (one: FleetCounts, other: FleetCounts): FleetCounts => ({
  phones: one.phones + other.phones,
  online: one.online + other.online,
  connects: one.connects + other.connects,
  refused: one.refused + other.refused,
  lost: one.lost + other.lost,
  messages: one.messages + other.messages,
  events: one.events + other.events,
});

/** One line of it. `online` is what phones believe. */
export const countsLine = (counts: FleetCounts): string =>
  `online ${counts.online} of ${counts.phones} · connects ${counts.connects} · refused ${counts.refused} · ` +
  `lost ${counts.lost} · messages ${counts.messages} · events ${counts.events}`;
