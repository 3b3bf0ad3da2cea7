import path from "node:path";
import { parseArgs } from "node:util";
import closeWithGrace from "close-with-grace";
import { z } from "zod";
import { DEFAULT_TOPIC_ROOT } from "@/lib/mqtt/device-topics";
import { timingAt } from "@/simulator/device-timing";
import { TOKEN_LIFE_SECONDS } from "@/simulator/device-token";
import { createFleet } from "@/simulator/fleet";
import { countHappenings, countsLine } from "@/simulator/fleet-counts";
import { seededRandom } from "@/simulator/random";
import { collectTruth } from "@/simulator/truth";
import { recordTruth } from "@/simulator/truth-recorder";
import { createJudge, lengthMs, silentMs } from "./judge";
import { RECOVERY_MS } from "./judge-history";
import { pause } from "./scene";
import { playSoakFaults } from "./soak-faults";
import { readShown } from "./store";
import { startSweepReport } from "./soak-sweeps";
import { startWorld } from "./world";

export const SOAK_USAGE = `npm run scenario -- soak [--minutes 60] [--clients 5000]   a mobile day with random faults; drift at each sweep, none at the end
  --seed N     decides people, their day and the faults (1)
  --speed N    seconds of the phones' day in one second (10)
  --sweep N    seconds between two sweeps of a node (60)
  --quiet N    seconds without a fault between two, at least; at most half as many more (40)`;

const optionsSchema = z.object({
  minutes: z.coerce.number().positive().default(60),
  clients: z.coerce.number().int().min(1).max(50_000).default(5_000),
  seed: z.coerce.number().int().default(1),
  speed: z.coerce.number().min(1).max(60).default(10),
  sweep: z.coerce.number().int().min(10).default(60),
  quiet: z.coerce.number().positive().default(40),
});

const LOOK_EVERY_MS = 1_000;
const REPORT_EVERY_MS = 30_000;
const CONNECTS_PER_SECOND = 100;
/** Shown wrong as sure for longer than the recovery: of all clients, at each look. */
const MOST_DRIFT_PER_10000 = 1;

/**
 * Lets a fleet live its day in a world in which things break, judges what is shown of every client once a second, and says the drift
 * that each sweep found. Ends with 1 when more than one client in 10 000 was shown wrong as sure for over 30 s at any look, or any is
 * shown wrong at the end.
 */
export async function playSoak(words: readonly string[]): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...words],
    options: { minutes: text, clients: text, seed: text, speed: text, sweep: text, quiet: text },
  });
  const options = optionsSchema.parse(values);
  const { clients, minutes, seed, speed } = options;
  const world = await startWorld({ sweepEverySeconds: options.sweep });
  const ending = new AbortController();
  const { signal } = ending;
  const { truth, take } = collectTruth();
  const truthFile = path.join(world.folder, "truth", "soak.jsonl");
  const recorder = recordTruth({ file: truthFile, now: Date.now, onLine: take });
  const { keepAliveSeconds } = timingAt(speed);
  recorder.run({ run: "soak", seed, phones: clients, speed, keepAliveSeconds });
  const counts = countHappenings(() => fleet.phones);
  const fleet = createFleet({
    profile: "day",
    phones: clients,
    seed,
    speed,
    startHour: 7,
    connectsPerSecond: CONNECTS_PER_SECOND,
    tokenLifeSeconds: TOKEN_LIFE_SECONDS / speed,
    issuer: world.issuer,
    brokers: world.brokers,
    topicRoot: DEFAULT_TOPIC_ROOT,
    folder: path.join(world.folder, "phones"),
    truth: recorder,
    onHappening: counts.observe,
    now: Date.now,
  });
  const clientIds = new Set(fleet.people.map(({ clientId }) => clientId));
  const judge = createJudge({ truth, clientIds, rules: { keepAliveSeconds, sessionEndedAt: new Map() } });
  const worst = { drift: 0, standing: 0 };

  const look = async (): Promise<void> => {
    const beforeMs = Date.now();
    const shown = await readShown(world.looks, [...clientIds]).catch(() => null);
    if (!shown) return;
    judge.look({ beforeMs, afterMs: Date.now(), shown });
    const standing = judge.standing().filter((mistake) => lengthMs(mistake) > RECOVERY_MS);
    worst.standing = Math.max(worst.standing, standing.length);
    worst.drift = Math.max(worst.drift, (standing.length / clients) * 10_000);
  };
  const looking = (async () => {
    while (!signal.aborted) {
      await look();
      await pause(LOOK_EVERY_MS, signal);
    }
  })();
  const sweeps = startSweepReport(world.db, { signal, say: (line) => say(line) });
  const reporting = setInterval(() => say(countsLine(counts.read())), REPORT_EVERY_MS);
  const closing = closeWithGrace({ delay: 30_000 }, async ({ err }) => {
    if (err) say(String(err.stack));
    ending.abort();
    clearInterval(reporting);
    fleet.close();
    await Promise.all([looking, sweeps.closed]);
    await recorder.close();
    await world.close();
  });

  say(`${clients} phones, ${minutes} minutes, seed ${seed}, speed ${speed}; sweeps every ${options.sweep} s`);
  fleet.start();
  await pause((clients / CONNECTS_PER_SECOND) * 1_000);
  const faultsEnd = new AbortController();
  const faults = playSoakFaults({
    world,
    random: seededRandom(seed, "faults"),
    quietMs: { least: options.quiet * 1_000, most: options.quiet * 1_500 },
    signal: faultsEnd.signal,
    onFault: (name, phase) => {
      sweeps.onFault(phase);
      recorder.step(`${name}: ${phase}`);
      say(`${name}: ${phase}`);
    },
  });
  await pause(minutes * 60_000);
  faultsEnd.abort();
  await faults;
  fleet.rest();
  await world.mend();
  say("the end: nothing is broken, nothing moves any more");
  // What fell silent last is known to nobody before, and every node is swept once more.
  await pause(silentMs({ keepAliveSeconds }) + RECOVERY_MS + (options.sweep + 10) * 1_000);
  await look();
  const left = judge.differences();
  const [longest] = judge.mistakes();
  const passed = left.length === 0 && worst.drift < MOST_DRIFT_PER_10000;
  say(
    [
      `${passed ? "ok  " : "FAIL"} ${countsLine(counts.read())}`,
      `     shown wrong as sure for over 30 s: at most ${worst.standing} clients at one look, ${worst.drift.toFixed(1)} in 10 000`,
      `     longest wrong as sure: ${longest ? `${(lengthMs(longest) / 1_000).toFixed(1)} s (${longest.clientId}: ${longest.shown} while ${longest.truth})` : "none"}`,
      `     ${sweeps.summary()}`,
      `     not right at the end: ${left.length}${left.length > 0 ? `: ${left.slice(0, 5).join("; ")}` : ""}`,
    ].join("\n"),
  );
  process.exitCode = passed ? 0 : 1;
  closing.close();
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);
}
