import type { Scene } from "./scene";

/** One of the cases presence must survive, as it is played and judged. */
export interface PresenceCase {
  /** `case-` and its number in the list of cases. */
  name: `case-${string}`;
  about: string;
  /** Nothing else may be played meanwhile: it breaks what all share. */
  isAlone: boolean;
  /** It takes minutes: played by `npm run scenario` alone, not by `npm test`. */
  isLong?: boolean;
  /** For what only a rolling sweep can find; the default, as in real, is too rare to help within a case. */
  sweepEverySeconds?: number;
  /** Why the history is not judged, only what is shown: the verdict says it. */
  pastUnjudged?: string;
  /** The case, to the end of its fault. Throws when something it needs does not come. */
  play: (scene: Scene) => Promise<void>;
}
