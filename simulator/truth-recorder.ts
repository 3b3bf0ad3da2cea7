import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import type { IntervalLine, RunLine, TrueEnding, TruthLine } from "./truth";

/** One connection being recorded. */
export interface RecordedConnection {
  /** The first ending counts: what the phone knows first is the cause of what it notices later. */
  end: (ending: TrueEnding) => void;
}

export interface TruthRecorder {
  run: (run: Omit<RunLine, "at">) => void;
  step: (step: string) => void;
  /** A client was accepted. `attemptedAtMs`: when it began to connect. */
  begin: (connection: {
    clientId: string;
    node: string | null;
    cleanSession: boolean;
    attemptedAtMs: number;
  }) => RecordedConnection;
  /** Writes what is left. */
  close: () => Promise<void>;
}

/** What a run without a truth file uses. */
export const NO_TRUTH: TruthRecorder = {
  run: () => {},
  step: () => {},
  begin: () => ({ end: () => {} }),
  close: () => Promise.resolve(),
};

/** Records the truth into a new file of the form in truth.ts. Throws when the folder cannot be made. */
export function recordTruth(options: {
  file: string;
  now: () => number;
  /** Hears each line when it is known. */
  onLine?: (line: TruthLine) => void;
}): TruthRecorder {
  const { file, now } = options;
  mkdirSync(path.dirname(file), { recursive: true });
  const stream = createWriteStream(file);
  const write = (line: TruthLine): void => {
    stream.write(`${JSON.stringify(line)}\n`);
    options.onLine?.(line);
  };
  const at = (): string => new Date(now()).toISOString();
  const newest = new Map<string, number>();
  const lastLost = new Map<string, IntervalLine>();
  let intervals = 0;

  /**
   * A broker closes the older connection and says why to nobody, mostly before it accepts the newer. Then the loss is known to be a
   * take-over only now: when a connection that was already under way at the loss is accepted.
   */
  const nameTakeOver = (clientId: string, attemptedAtMs: number): void => {
    const lost = lastLost.get(clientId);
    lastLost.delete(clientId);
    if (lost?.to && Date.parse(lost.to) >= attemptedAtMs) write({ ...lost, ending: "taken-over" });
  };

  return {
    run: (run) => write({ ...run, at: at() }),
    step: (step) => write({ step, at: at() }),
    begin: ({ clientId, node, cleanSession, attemptedAtMs }) => {
      nameTakeOver(clientId, attemptedAtMs);
      intervals += 1;
      const begun: IntervalLine = {
        interval: intervals,
        clientId,
        attempted: new Date(attemptedAtMs).toISOString(),
        from: at(),
        to: null,
        node,
        ending: null,
        cleanSession,
      };
      write(begun);
      newest.set(clientId, begun.interval);
      let isOver = false;
      return {
        end: (ending) => {
          if (isOver) return;
          isOver = true;
          const isReplaced = newest.get(clientId) !== begun.interval;
          const ended = { ...begun, to: at(), ending: ending === "lost" && isReplaced ? "taken-over" : ending };
          write(ended);
          if (ended.ending === "lost") lastLost.set(clientId, ended);
        },
      };
    },
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}
