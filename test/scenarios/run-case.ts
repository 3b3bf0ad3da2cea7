import { getClient } from "@/lib/presence/get-client";
import { listSessions } from "@/lib/presence/list-sessions";
import type { Context } from "@/lib/rbac/context";
import { testContext } from "../factories";
import type { PresenceCase } from "./case";
import { lengthMs, silentMs } from "./judge";
import { judgeHistory, RECOVERY_MS, type StoredSession } from "./judge-history";
import { openScene, pause, SCENE_TIMING, type Scene } from "./scene";
import type { World } from "./world";

/** How a case went. */
export interface Verdict {
  name: string;
  passed: boolean;
  seconds: number;
  clients: number;
  /** True sessions, all of which the history must tell. */
  sessions: number;
  /** From the end of the fault until the store was right; null when it did not become so. */
  settledSeconds: number | null;
  /** Longest time a client was shown wrong without a mark of doubt. */
  wrongSeconds: number;
  /** The first of what is wrong, each in a line; empty when it passed. */
  problems: readonly string[];
  /** Why the history was not judged; null when it was. */
  pastUnjudged: string | null;
}

const MOST_PROBLEMS = 8;
/** Nothing wrong is shown as sure for longer. */
const MOST_WRONG_MS = 30_000;

/** Plays a case and judges it: while it is played, until the store is right after it, and its history. */
export async function runCase(world: World, one: PresenceCase, seed: number): Promise<Verdict> {
  const startedAtMs = Date.now();
  const scene = openScene(world, { name: one.name, seed });
  const problems: string[] = [];
  let settledSeconds: number | null = null;
  try {
    await one.play(scene).finally(() => (one.isAlone ? world.mend() : undefined));
    // Until then the broker may hold what fell silent, and nobody can know better.
    await pause(lastSilentMs(scene) - Date.now());
    const endedAtMs = Date.now();
    await scene.settled();
    settledSeconds = (Date.now() - endedAtMs) / 1_000;
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  const mistakes = scene.judge.mistakes();
  for (const mistake of mistakes.filter((it) => lengthMs(it) > MOST_WRONG_MS))
    problems.push(
      `${mistake.clientId} was shown ${mistake.shown} for ${(lengthMs(mistake) / 1_000).toFixed(1)} s while ${mistake.truth}`,
    );
  if (problems.length === 0) {
    problems.push(...(await pageProblems(scene)));
    if (one.pastUnjudged === undefined) problems.push(...(await historyProblems(scene)));
  }
  const sessions = [...scene.truth.intervals.values()].reduce((sum, list) => sum + list.length, 0);
  await scene.close();
  const [worst] = mistakes;
  return {
    name: one.name,
    passed: problems.length === 0,
    seconds: (Date.now() - startedAtMs) / 1_000,
    clients: scene.clientIds.size,
    sessions,
    settledSeconds,
    wrongSeconds: worst ? lengthMs(worst) / 1_000 : 0,
    problems: problems.slice(0, MOST_PROBLEMS),
    pastUnjudged: one.pastUnjudged ?? null,
  };
}

function lastSilentMs({ truth }: Scene): number {
  const silent = [...truth.intervals.values()].flat().filter(({ ending }) => ending === "silent");
  return Math.max(0, ...silent.map(({ to }) => Date.parse(to ?? "") + silentMs(SCENE_TIMING)));
}

/** A verdict in lines to read. */
export function describeVerdict(verdict: Verdict): string {
  const { name, passed, seconds, clients, sessions, settledSeconds, wrongSeconds, problems } = verdict;
  const settled = settledSeconds === null ? "never settled" : `settled ${settledSeconds.toFixed(1)} s after`;
  const line = `${passed ? "ok  " : "FAIL"} ${name.padEnd(44)} ${seconds.toFixed(1).padStart(5)} s  ${clients} clients, ${sessions} sessions; ${settled}; longest wrong as sure ${wrongSeconds.toFixed(1)} s`;
  const unjudged = verdict.pastUnjudged === null ? [] : [`history not judged: ${verdict.pastUnjudged}`];
  return [line, ...[...unjudged, ...problems].map((about) => `       ${about}`)].join("\n");
}

/** The client's page must say the same as the list that was looked at. */
async function pageProblems(scene: Scene): Promise<string[]> {
  const context = contextOf(scene);
  const problems: string[] = [];
  for (const clientId of scene.clientIds) {
    const known = await getClient(context, { clientId }).catch(() => null);
    const presence = known?.status === "known" ? known.client.presence : null;
    const intervals = scene.truth.intervals.get(clientId) ?? [];
    const isConnected = intervals.some(({ to }) => to === null);
    if (isConnected !== (presence?.state === "online"))
      problems.push(`the page of ${clientId} says ${presence?.state ?? "nothing"}`);
    if (presence?.doubtedSince) problems.push(`the page of ${clientId} says it is in doubt`);
  }
  return problems;
}

async function historyProblems(scene: Scene): Promise<string[]> {
  const problems: string[] = [];
  for (const [clientId, intervals] of scene.truth.intervals) {
    const stored = await storedSessions(scene, clientId);
    const found = judgeHistory({ intervals, stored, windows: scene.windows, silentMs: silentMs(SCENE_TIMING) });
    problems.push(...found.map((problem) => `${clientId} ${problem}`));
  }
  return problems;
}

async function storedSessions(scene: Scene, clientId: string): Promise<StoredSession[]> {
  const context = contextOf(scene);
  const from = new Date(Date.now() - 24 * 3_600_000).toISOString();
  const history = await listSessions(context, { clientId, from });
  if (history.detail !== "sessions") throw new Error(`${clientId} has too many sessions to be listed one by one`);
  const { sessions } = history;
  const ended = sessions.map(({ node, startedAt, endedAt, reason }) => ({
    node,
    startedAtMs: Date.parse(startedAt),
    endedAtMs: Date.parse(endedAt),
    reason,
  }));
  const known = await getClient(context, { clientId });
  const presence = known.status === "known" ? known.client.presence : null;
  // The page tells the latest session, which history has once it is over; one that ended with its node is told there alone.
  if (!presence || sessions.some(({ startedAt }) => startedAt === presence.startedAt)) return ended;
  const { node, startedAt, state, since, reason } = presence;
  const endedAtMs = state === "online" ? null : Date.parse(since);
  return [...ended, { node, startedAtMs: Date.parse(startedAt), endedAtMs, reason }];
}

const contextOf = ({ world }: Scene): Context => testContext(world.db, { process: "scenarios" });

/** How long a case may take before it is a hang: its play, the recovery, and the machine. */
export const CASE_LIMIT_MS = 4 * RECOVERY_MS;
