import { pathToFileURL } from "node:url";
import { checkFolder, checkPorts } from "./checks.mjs";
import { Halt } from "./halt.mjs";
import { installPackages, packagesInstalled } from "./install.mjs";
import { say, step } from "./terminal.mjs";

/**
 * Brings a clone to where the mode can run: packages, the generated database client, builds; each only when missing or
 * out of date, each shown as a line.
 * @param {string} mode start: everything as in production · dev: the console by `next dev`, processes rebuilt when their
 *   source changes · test: every check and test
 */
export async function bootstrap(mode) {
  if (mode !== "start" && mode !== "dev" && mode !== "test")
    throw new Halt(`There is no mode ${mode}: use npm start, npm run dev or npm test.`);
  say("\nLiveConnect Console\n");
  await checkFolder();
  if (mode !== "test") await checkPorts();
  if (!(await packagesInstalled())) await step("Installing packages", installPackages);

  const { generateClient, clientIsCurrent } = await import("../../scripts/generate-prisma.mjs");
  if (!(await clientIsCurrent())) await step("Generating the database client", generateClient);
  if (mode === "test") {
    const { runTests } = await import("../../scripts/test.mjs");
    return runTests();
  }

  const { buildConsole, buildProcesses, consoleIsCurrent, processesAreCurrent, watchProcesses } =
    await import("../../scripts/build.mjs");
  if (!(await processesAreCurrent())) await step("Building the processes", buildProcesses);
  if (mode === "start" && !(await consoleIsCurrent())) await step("Building the console", buildConsole);
  // by a computed name, as there is no bundle yet when types are checked
  const { runStack } = await import(pathToFileURL("dist/stack.js").href);
  return runStack({ mode, watch: mode === "dev" ? watchProcesses : undefined });
}
