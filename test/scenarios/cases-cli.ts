import { setMaxListeners } from "node:events";
import closeWithGrace from "close-with-grace";
import { ALL_CASES } from "./all-cases";
import { describeVerdict, runCase } from "./run-case";
import { startWorld, WORLD_TIMING } from "./world";

/** Plays cases one after the other in a world of their own, says how each went, and ends with 1 when one failed. */
export async function playCasesHere(words: readonly string[]): Promise<void> {
  const isAsked = (name: string): boolean => words.includes("all") || words.some((word) => name.startsWith(word));
  const cases = ALL_CASES.filter(({ name }) => isAsked(name));
  if (cases.length === 0) throw new Error(`There is no case ${words.join(", ")}.\n\n${listCases()}`);
  // Each phone of each case hears the world end.
  setMaxListeners(0);
  const world = await startWorld();
  const closing = closeWithGrace({ delay: 20_000 }, async ({ err }) => {
    if (err) say(`${err.stack}`);
    await world.close();
  });
  let failed = 0;
  for (const [index, one] of cases.entries()) {
    await world.sweepEvery(one.sweepEverySeconds ?? WORLD_TIMING.sweepEverySeconds);
    const verdict = await runCase(world, one, index + 1);
    say(describeVerdict(verdict));
    if (!verdict.passed) failed += 1;
    if (!verdict.passed) await world.mend();
  }
  say(`\n${cases.length - failed} of ${cases.length} cases are as they must be`);
  process.exitCode = failed > 0 ? 1 : 0;
  closing.close();
}

/** Names of the cases with what they are about, a line each. */
export const listCases = (): string => ALL_CASES.map(({ name, about }) => `  ${name.padEnd(40)} ${about}`).join("\n");

const say = (text: string): void => void process.stdout.write(`${text}\n`);
