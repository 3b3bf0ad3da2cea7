import { listCases, playCasesHere } from "./cases-cli";

/**
 * `npm run scenario -- all | case-… | soak | <scripted hour>`: the first three in a world of their own, judged; a scripted hour on a
 * running stack.
 */

const words = process.argv.slice(2);
const [first = ""] = words;
if (first === "all" || first.startsWith("case-"))
  await playCasesHere(words).catch((error: unknown) => {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
else {
  if (first === "")
    process.stdout.write(
      `npm run scenario -- all            every case presence must survive, judged; case-… for one
${listCases()}

`,
    );
  await import("@/simulator/scenario-cli");
}
