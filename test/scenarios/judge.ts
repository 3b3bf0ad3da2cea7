import type { PresenceState } from "@/lib/events/schemas";
import { trueStateAt, type TrueState, type Truth } from "@/simulator/truth";
import type { Shown } from "./store";

/** What phones cannot know and the broker may do, so that it is no mistake to show it. */
export interface JudgeRules {
  /** As the phones say it at CONNECT. */
  keepAliveSeconds: number;
  /** When the broker ended a client's kept session: by an operator, or because nobody resumed it. By client, ms since the epoch. */
  sessionEndedAt: ReadonlyMap<string, number>;
}

/** One client shown wrong, without a mark of doubt, from the first look that saw it so to the last one. */
export interface Mistake {
  clientId: string;
  fromMs: number;
  untilMs: number;
  shown: string;
  truth: string;
}

export interface Judge {
  /** Compares what was shown at a moment between two instants with the truth of either. */
  look: (seen: { beforeMs: number; afterMs: number; shown: ReadonlyMap<string, Shown> }) => void;
  /** Clients that the last look did not see as they are, sure or not: each with what was shown. */
  differences: () => readonly string[];
  /** Mistakes the last look saw. */
  standing: () => readonly Mistake[];
  /** Longest mistake of each client that had one, longest first. */
  mistakes: () => readonly Mistake[];
}

// A broker ends a silent connection after at most this many keep alives; the timers of a busy machine come late.
const SILENT_KEEP_ALIVES = 2.25;
const TIMER_SLACK_MS = 500;

/** How long the broker may hold a connection that fell silent. */
export const silentMs = ({ keepAliveSeconds }: Pick<JudgeRules, "keepAliveSeconds">): number =>
  SILENT_KEEP_ALIVES * keepAliveSeconds * 1_000 + TIMER_SLACK_MS;

/** Judges clients, all of `clientIds` at each look; the list may grow. */
export function createJudge(options: {
  truth: Pick<Truth, "intervals">;
  clientIds: ReadonlySet<string>;
  rules: JudgeRules;
}): Judge {
  const { truth, clientIds, rules } = options;
  const current = new Map<string, Mistake>();
  const longest = new Map<string, Mistake>();
  let differences: string[] = [];

  const look: Judge["look"] = ({ beforeMs, afterMs, shown }) => {
    differences = [];
    for (const clientId of clientIds) {
      const seen = shown.get(clientId) ?? null;
      const isRight = [beforeMs, afterMs].some((atMs) =>
        isAsItIs(seen, trueStateAt(truth, clientId, atMs), { clientId, atMs, rules }),
      );
      if (!isRight || seen?.doubted) differences.push(`${clientId} is shown ${describeShown(seen)}`);
      if (isRight || !isSure(seen)) {
        current.delete(clientId);
        continue;
      }
      const mistake = {
        clientId,
        fromMs: current.get(clientId)?.fromMs ?? afterMs,
        untilMs: beforeMs,
        shown: describeShown(seen),
        truth: describeTruth(trueStateAt(truth, clientId, afterMs)),
      };
      current.set(clientId, mistake);
      const worst = longest.get(clientId);
      if (!worst || lengthMs(mistake) > lengthMs(worst)) longest.set(clientId, mistake);
    }
  };
  return {
    look,
    differences: () => differences,
    standing: () => [...current.values()],
    mistakes: () => [...longest.values()].toSorted((one, other) => lengthMs(other) - lengthMs(one)),
  };
}

/** How long a mistake was seen. */
export const lengthMs = ({ fromMs, untilMs }: Mistake): number => Math.max(0, untilMs - fromMs);

/** Showing nothing of a client claims nothing, nor does saying that it is not known or being asked about. */
const isSure = (shown: Shown | null): boolean => shown !== null && shown.state !== "unknown" && !shown.doubted;

/** Whether what is shown is the truth, as far as the broker could know it. */
export function isAsItIs(
  shown: Shown | null,
  truth: TrueState,
  { clientId, atMs, rules }: { clientId: string; atMs: number; rules: JudgeRules },
): boolean {
  switch (truth.status) {
    case "connected":
      return shown?.state === "online" && (truth.node === null || shown.node === truth.node);
    case "away": {
      if (shown?.state === "online") return truth.ending === "silent" && atMs - truth.sinceMs < silentMs(rules);
      return shown?.state === offlineState(truth, rules.sessionEndedAt.get(clientId));
    }
    case "never-seen":
      // A session the broker began and refused at once is over, and was nobody's connection.
      return shown === null || shown.state === "offline_gone" || shown.state === "offline_queued";
  }
}

function offlineState(truth: Extract<TrueState, { status: "away" }>, endedAtMs: number | undefined): PresenceState {
  const isEnded = endedAtMs !== undefined && endedAtMs >= truth.sinceMs;
  return truth.cleanSession || isEnded ? "offline_gone" : "offline_queued";
}

const describeShown = (shown: Shown | null): string =>
  shown === null ? "not at all" : `${shown.state} on ${shown.node}${shown.doubted ? ", in doubt" : ""}`;

function describeTruth(truth: TrueState): string {
  switch (truth.status) {
    case "connected":
      return `connected to ${truth.node ?? "some node"}`;
    case "away":
      return `away (${truth.ending}) from ${truth.cleanSession ? "a clean session" : "a kept session"}`;
    case "never-seen":
      return "never connected";
  }
}
