import { listCases, playCasesHere } from "./cases-cli";
import { playSoak, SOAK_USAGE } from "./soak";

/**
 * `npm run scenario -- all | case-… | soak | <scripted hour>`: cases and soak in a world of their own, judged; a scripted hour on a
 * running stack.
 */

const USAGE = `npm run scenario -- all            every case presence must survive, judged; case-… for one
${listCases()}

${SOAK_USAGE}

`;

const words = process.argv.slice(2);
const [first = ""] = words;
const fail = (error: unknown): never => {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
};
if (first === "all" || first.startsWith("case-")) await playCasesHere(words).catch(fail);
else if (first === "soak") await playSoak(words.slice(1)).catch(fail);
else {
  if (first === "") process.stdout.write(USAGE);
  await import("@/simulator/scenario-cli");
}
