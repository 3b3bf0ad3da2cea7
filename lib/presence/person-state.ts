import { type PresenceState } from "@/lib/events/schemas";

/** From best to worst: a person is as reachable as the best of their clients. */
export const STATES_BEST_FIRST = [
  "online",
  "unknown",
  "offline_queued",
  "offline_gone",
] as const satisfies readonly PresenceState[];

const STATES = `array[${STATES_BEST_FIRST.map((state) => `'${state}'`).join(", ")}]`;

/** SQL of a state's place among the best, from 1. `state` is SQL of a PRESENCE_STATES text, as EFFECTIVE_STATE. */
export const placeOfState = (state: string): string => `array_position(${STATES}, ${state})`;

/** SQL aggregate: a person's state over the rows of their clients; null over none. */
export const personState = (state: string): string => `(${STATES})[min(${placeOfState(state)})]`;

/** The same of states in memory. */
export const bestState = (states: readonly PresenceState[]): PresenceState | null =>
  STATES_BEST_FIRST.find((state) => states.includes(state)) ?? null;
