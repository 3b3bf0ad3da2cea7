import { setMaxListeners } from "node:events";
import { ALL_CASES } from "./all-cases";
import { describeVerdict, runCase } from "./run-case";
import { startWorld } from "./world";

const [name = ""] = process.argv.slice(2);
const cases =
  name === "all"
    ? ALL_CASES
    : ALL_CASES.filter((one) => process.argv.slice(2).some((word) => one.name.startsWith(word)));
setMaxListeners(0);
const world = await startWorld();
try {
  for (const [index, one] of cases.entries()) {
    const verdict = await runCase(world, one, 100 + index);
    process.stdout.write(`${describeVerdict(verdict)}\n`);
    if (!verdict.passed) process.exitCode = 1;
    if (one.isAlone || !verdict.passed) await world.mend();
  }
} finally {
  await world.close();
}
