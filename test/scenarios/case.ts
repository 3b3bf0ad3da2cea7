import type { Scene } from "./scene";

/** One of the cases presence must survive, as it is played and judged. */
export interface PresenceCase {
  /** `case-` and its number in the list of cases. */
  name: `case-${string}`;
  about: string;
  /** Nothing else may be played meanwhile: it breaks what all share. */
  isAlone: boolean;
  /** For what only a rolling sweep can find; the default, as in real, is too rare to help within a case. */
  sweepEverySeconds?: number;
  /** Hooks are lost and mixed up so that nobody could tell past sessions from them; what is shown is judged all the same. */
  isPastBlurred?: boolean;
  /** The case, to the end of its fault. Throws when something it needs does not come. */
  play: (scene: Scene) => Promise<void>;
}
