// What production runs: one bundle a process in dist/, and the console in .next/. `npm run build` makes both when their
// sources changed since; packages stay in node_modules.
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { runCommand } from "../stack/bootstrap/run-command.mjs";
import { step } from "../stack/bootstrap/terminal.mjs";
import { hashOf, isCurrent, stamp } from "./source-hash.mjs";

/** Bundle in dist/ → its entry file. */
const ENTRIES = {
  gateway: "gateway/main.ts",
  publisher: "publisher/main.ts",
  worker: "worker/main.ts",
  "embedded-broker": "embedded-broker/main.ts",
  simulator: "simulator/main.ts",
  stack: "stack/main.ts",
  "object-store": "stack/object-store/main.ts",
};
// Notices are written in the words of the screens.
const LIB = ["lib", "i18n", "messages/en", "tsconfig.json", "package-lock.json", "scripts/build.mjs"];
const PROCESS_SOURCES = [...new Set(Object.values(ENTRIES).map((entry) => entry.split("/")[0] ?? entry)), ...LIB];
const CONSOLE_SOURCES = [
  "app",
  "components",
  "messages",
  "public",
  "proxy.ts",
  "instrumentation.ts",
  "instrumentation-client.ts",
  "next.config.js",
  ...LIB,
];
const PROCESS_STAMP = "dist/source-hash";
const CONSOLE_STAMP = ".next/source-hash";

export const processesAreCurrent = () => isCurrent(PROCESS_STAMP, PROCESS_SOURCES);
export const consoleIsCurrent = () => isCurrent(CONSOLE_STAMP, CONSOLE_SOURCES);

/** Bundles every process whose entry file is there. */
export async function buildProcesses() {
  const hash = await hashOf(PROCESS_SOURCES);
  await esbuild.build(bundleOptions());
  // its service would stay beside the stack for as long as that runs
  await esbuild.stop();
  await stamp(PROCESS_STAMP, hash);
}

/** `next build`. */
export async function buildConsole() {
  const hash = await hashOf(CONSOLE_SOURCES);
  await runCommand(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
    what: "Building the console",
    env: { NODE_ENV: "production" },
  });
  await stamp(CONSOLE_STAMP, hash);
}

/**
 * Bundles each process again whenever a file it is made of changes, and calls back with its name; a bundle that fails is
 * said, and the process runs on as it was. Returns what stops it.
 * @param {(name: string) => void} onRebuilt
 * @returns {Promise<() => Promise<void>>}
 */
export async function watchProcesses(onRebuilt) {
  const contexts = await Promise.all(
    Object.keys(entryFiles())
      .filter((name) => name !== "stack")
      .map((name) => esbuild.context({ ...bundleOptions([name]), plugins: [tellRebuilt(() => onRebuilt(name))] })),
  );
  await Promise.all(contexts.map((context) => context.watch()));
  return async () => void (await Promise.all(contexts.map((context) => context.dispose())));
}

/** @param {() => void} tell @returns {esbuild.Plugin} */
function tellRebuilt(tell) {
  let first = true;
  return {
    name: "tell-rebuilt",
    setup: (build) =>
      build.onEnd(({ errors }) => {
        for (const { text, location } of errors) console.error(`  ${location?.file}:${location?.line} ${text}`);
        if (!first && errors.length === 0) tell();
        first = false;
      }),
  };
}

const entryFiles = () => Object.fromEntries(Object.entries(ENTRIES).filter(([, entry]) => existsSync(entry)));

/** @param {readonly string[]} [names] all that are there unless given */
function bundleOptions(names) {
  const entryPoints = Object.fromEntries(
    Object.entries(entryFiles()).filter(([name]) => names?.includes(name) ?? true),
  );
  return /** @type {const} */ ({
    entryPoints,
    outdir: "dist",
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    packages: "external",
    sourcemap: "linked",
    logLevel: "silent",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(path.resolve(import.meta.dirname, ".."));
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  if (!(await processesAreCurrent())) await step("Building the processes", buildProcesses);
  if (!(await consoleIsCurrent())) await step("Building the console", buildConsole);
}
