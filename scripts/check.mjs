// `npm run check`: what must be green before a commit, all at once: format, lint, types, import directions, unit tests.
import path from "node:path";
import { clientIsCurrent, generateClient } from "./generate-prisma.mjs";
import { STATIC_STAGES, vitestStage } from "./stages.mjs";
import { duration, say } from "../stack/bootstrap/terminal.mjs";

process.chdir(path.resolve(import.meta.dirname, ".."));
if (!(await clientIsCurrent())) await generateClient();

const start = Date.now();
const outcomes = await Promise.all(
  [...STATIC_STAGES, vitestStage("unit")].map(async (stage) => {
    const outcome = await stage.run();
    const mark = outcome.failed > 0 ? `failed\n\n${outcome.output}\n` : "ok";
    say(`  ${stage.name.padEnd(14)} ${duration(Date.now() - start).padStart(7)}  ${mark}`);
    return outcome;
  }),
);
if (outcomes.some((outcome) => outcome.failed > 0)) process.exitCode = 1;
