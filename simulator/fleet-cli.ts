import { type ChildProcess, fork } from "node:child_process";
import closeWithGrace from "close-with-grace";
import { addCounts, countsLine, type FleetCounts, NO_COUNTS } from "./fleet-counts";
import { type FleetCliOptions, readFleetOptions } from "./fleet-options";
import { type FleetPart, readFileLimit, splitFleet } from "./fleet-parts";
import { runFleet } from "./run-fleet";

/** `npm run fleet`: phones that behave as a profile says, in this process or in as many as the limit of open files asks for. */

const REPORT_EVERY_MS = 5_000;

try {
  const options = readFleetOptions(process.argv.slice(2));
  const { devices: phones } = options;
  const parts = options.part ? [options.part] : splitFleet({ phones, fileLimit: await readFileLimit() });
  await (parts.length === 1 ? play(options) : spread(options, parts));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

/** Plays the phones here. A child process reports to its parent instead of the terminal. */
async function play(options: FleetCliOptions): Promise<void> {
  const fleet = await runFleet(options);
  if (!process.send) sayWhatBegins(options, 1);
  const report = (): void => {
    if (process.send) process.send(fleet.counts());
    else sayCounts(fleet.counts());
  };
  const timer = setInterval(report, REPORT_EVERY_MS);
  // A child whose parent died has nobody to tell it to end.
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  const { close } = closeWithGrace({ delay: 3_000 }, async ({ err }) => {
    if (err) say(`The fleet ends because something failed: ${err.stack}`);
    clearInterval(timer);
    report();
    await fleet.close();
  });
  endAfter(options, close);
}

/** Plays the phones in processes of their own and sums up what they say. */
async function spread(options: FleetCliOptions, parts: readonly FleetPart[]): Promise<void> {
  const counts = new Map<ChildProcess, FleetCounts>();
  let isClosing = false;
  const children = parts.map((part, index) => {
    const child = fork(process.argv[1] ?? "", argumentsOf(part, index), { stdio: "inherit" });
    // Children only ever send their counts.
    child.on("message", (message) => counts.set(child, message as FleetCounts));
    child.once("exit", (code) => {
      if (!isClosing) say(`One of ${parts.length} processes ended with ${code}: its phones are gone`);
    });
    return child;
  });
  sayWhatBegins(options, parts.length);
  const timer = setInterval(() => sayCounts([...counts.values()].reduce(addCounts, NO_COUNTS)), REPORT_EVERY_MS);
  const { close } = closeWithGrace({ delay: 5_000 }, async () => {
    isClosing = true;
    clearInterval(timer);
    await Promise.all(children.map(endChild));
  });
  endAfter(options, close);
}

/** The same options for a part; each part writes a truth file of its own. */
function argumentsOf(part: FleetPart, index: number): string[] {
  const given = process.argv.slice(2).map((word, position, words) => {
    const isTruth = words[position - 1] === "--truth";
    return isTruth ? `${word}.${index + 1}` : word.replace(/^--truth=.*/, (whole) => `${whole}.${index + 1}`);
  });
  return [...given, "--part", `${part.from}-${part.to}`];
}

function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

function endAfter({ minutes }: FleetCliOptions, close: () => void): void {
  if (minutes !== undefined) setTimeout(close, minutes * 60_000);
}

function sayWhatBegins({ devices, profile, seed, speed, rate, truth }: FleetCliOptions, processes: number): void {
  say(`${devices} phones, profile ${profile}, seed ${seed}, speed ${speed}, ${rate} first connects a second`);
  if (processes > 1) say(`in ${processes} processes, as one may not have so many files open`);
  if (truth) say(`truth: ${truth}${processes > 1 ? ".1 and so on, one a process" : ""}`);
}

function sayCounts(counts: FleetCounts): void {
  say(`${new Date().toISOString().slice(11, 19)}  ${countsLine(counts)}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
