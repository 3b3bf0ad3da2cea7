import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "../stack/bootstrap/run-command.mjs";

/**
 * What `npm run check` and `npm test` are made of. A stage runs one tool and says how many checks passed, failed and were
 * skipped: a tool without counts is one check.
 * @typedef {{ passed: number, failed: number, skipped: number, output: string }} Outcome
 * @typedef {{ name: string, run: () => Promise<Outcome> }} Stage
 */

const bin = (/** @type {string} */ name) => path.join("node_modules", ".bin", name);

/** @type {readonly Stage[]} */
export const STATIC_STAGES = [
  tool("format", bin("prettier"), ["--check", ".", "--log-level", "warn", "--cache"]),
  tool("lint", bin("oxlint"), ["--deny-warnings", "--format", "unix"]),
  tool("types", process.execPath, ["scripts/types.mjs"]),
  tool("imports", bin("depcruise"), ["--config", ".dependency-cruiser.cjs", "."]),
];

/**
 * A program as one check: exit code 0 passes.
 * @param {string} name
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Stage}
 */
export function tool(name, program, args) {
  return {
    name,
    run: async () => {
      try {
        return { passed: 1, failed: 0, skipped: 0, output: await runCommand(program, args, { what: name }) };
      } catch (error) {
        return { passed: 0, failed: 1, skipped: 0, output: messageOf(error) };
      }
    },
  };
}

/**
 * A project of vitest.config.ts.
 * @param {string} project
 * @returns {Stage}
 */
export function vitestStage(project) {
  const args = ["run", "--project", project, "--reporter=dot", "--reporter=json"];
  return {
    name: `${project} tests`,
    run: () =>
      withReport(async (report) => {
        const { passed, output } = await outcomeOf(bin("vitest"), [...args, `--outputFile.json=${report}`], {});
        const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = await readReport(report);
        return counted({ passed, output }, [numPassedTests, numFailedTests, numPendingTests]);
      }),
  };
}

/** The end-to-end tests, against a stack of their own. @type {Stage} */
export const E2E_STAGE = {
  name: "end-to-end tests",
  run: () =>
    withReport(async (report) => {
      const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
      const { passed, output } = await outcomeOf(bin("playwright"), ["test", "--reporter=list,json"], env);
      const { stats = {} } = await readReport(report);
      const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = stats;
      return counted({ passed, output }, [expected + flaky, unexpected, skipped]);
    }),
};

/**
 * A runner that failed without a failed test (a file that does not load, no test found) counts as one failure.
 * @param {{ passed: boolean, output: string }} run
 * @param {readonly [number, number, number]} counts
 * @returns {Outcome}
 */
function counted({ passed, output }, [passedTests, failedTests, skipped]) {
  const failed = !passed && failedTests === 0 ? 1 : failedTests;
  return { passed: passedTests, failed, skipped, output };
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 */
async function outcomeOf(program, args, env) {
  try {
    return { passed: true, output: await runCommand(program, args, { what: args[0] ?? program, env, keptLines: 400 }) };
  } catch (error) {
    return { passed: false, output: messageOf(error) };
  }
}

/**
 * @template T
 * @param {(report: string) => Promise<T>} work
 */
async function withReport(work) {
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-report-"));
  try {
    return await work(path.join(folder, "report.json"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A runner's JSON report, empty when it wrote none.
 * @param {string} file
 * @returns {Promise<Record<string, any>>}
 */
async function readReport(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return {};
  }
}

const messageOf = (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error));
