import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { runCommand } from "./run-command.mjs";

/**
 * Whether what is installed is what the lock says. npm writes its own list as the last act of an installation, so an
 * interrupted one is seen as none; optional packages of other platforms are not asked for.
 */
export async function packagesInstalled() {
  if (!existsSync("node_modules/.package-lock.json")) return false;
  const wanted = JSON.parse(await readFile("package-lock.json", "utf8")).packages;
  const present = JSON.parse(await readFile("node_modules/.package-lock.json", "utf8")).packages;
  return Object.entries(wanted).every(
    ([place, entry]) => place === "" || entry.optional || entry.link || present[place]?.version === entry.version,
  );
}

/** `npm ci`, with what builds and tests need too. Throws Halt with npm's own words. */
export async function installPackages() {
  const npm = process.env.npm_execpath;
  const [program, ...first] = npm?.endsWith("js") ? [process.execPath, npm] : ["npm"];
  await runCommand(program, [...first, "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
    what: "Installing packages",
    env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" },
  });
}
