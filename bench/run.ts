// Runs bench/*.bench.ts, or those named: npm run bench -- search --clients 1000000
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Bench } from "./bench";

const given = process.argv.slice(2);
const firstOption = given.findIndex((arg) => arg.startsWith("--"));
const named = firstOption < 0 ? given : given.slice(0, firstOption);
const args = firstOption < 0 ? [] : given.slice(firstOption);
const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith(".bench.ts")).toSorted();
const chosen = files.filter((file) => named.length === 0 || named.includes(file.replace(".bench.ts", "")));
if (chosen.length === 0) {
  console.error(`There is no bench ${named.join(", ")}. There are: ${files.join(", ")}`);
  process.exitCode = 1;
}
for (const file of chosen) {
  const { bench } = (await import(pathToFileURL(path.join(import.meta.dirname, file)).href)) as { bench: Bench };
  const missing = (bench.nodeArguments ?? []).filter((argument) => !process.execArgv.includes(argument));
  if (missing.length > 0) {
    await runWith(missing, [file.replace(".bench.ts", ""), ...args]);
    continue;
  }
  console.log(`\n${file}: ${bench.claim}`);
  const measurements = await bench.run(args);
  const base = measurements[0]?.perSecond ?? Number.NaN;
  for (const { name, perSecond } of measurements)
    console.log(`  ${name.padEnd(40)} ${perSecond.toFixed(1).padStart(12)}/s  ${(perSecond / base).toFixed(2)}×`);
  if (bench.result) console.log(JSON.stringify(bench.result(measurements)));
}

/** One bench in a Node of its own. */
async function runWith(nodeArguments: readonly string[], args: readonly string[]): Promise<void> {
  const all = [...process.execArgv, ...nodeArguments, import.meta.filename, ...args];
  const [code] = (await once(spawn(process.execPath, all, { stdio: "inherit" }), "exit")) as [number | null];
  process.exitCode ||= code ?? 1;
}
