import type { NodeWish } from "./network";

/** One thing that happens to a phone. `node`: where its next connection goes; anywhere when absent. */
export type Act =
  /** The app is opened, and has a network. */
  | { kind: "open"; node?: NodeWish }
  /** The app is closed: DISCONNECT. */
  | { kind: "close" }
  /** The system ends the app's process: the socket closes without DISCONNECT, and what was in memory is gone. */
  | { kind: "kill" }
  /** A tunnel: the socket closes without DISCONNECT and the agent comes back by itself. */
  | { kind: "cut" }
  /** From Wi-Fi to cellular or back: a new connection while the old one still stands. */
  | { kind: "hand-over"; node?: NodeWish }
  /** The network is gone without a word: no FIN, no DISCONNECT. */
  | { kind: "lose-network" }
  | { kind: "find-network"; node?: NodeWish };

/** An act at a time of the phone's day, from its beginning, before any scaling. */
export interface PlannedAct {
  atMs: number;
  act: Act;
}
