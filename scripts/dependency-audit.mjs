// Asks the registry what is known against the locked packages. A registry without that endpoint is said, and is no failure.
import { execFile } from "node:child_process";

const GRAVE = new Set(["high", "critical"]);
// npm itself gives up a request after five minutes.
const LIMIT_MS = 120_000;

/**
 * What `npm audit --json` came to: grave advisories fail; where nobody could be asked that is said.
 * @param {string} answer its output
 * @returns {import("./stages.mjs").Outcome}
 */
export function judgeAudit(answer) {
  const report = parsed(answer);
  if (!report?.vulnerabilities) {
    // Its first words: the rest is an address.
    const [why] = (report?.error?.summary || report?.message || "npm gave no answer").split(" - ");
    return { passed: 0, failed: 0, skipped: 1, output: `SKIPPED: the registry has no audit to ask (${why})` };
  }
  const grave = Object.values(report.vulnerabilities).filter(({ severity }) => GRAVE.has(severity));
  const output = grave.map(({ name, severity, range }) => `${severity}: ${name} ${range}`).join("\n");
  return { passed: grave.length === 0 ? 1 : 0, failed: grave.length, skipped: 0, output };
}

/** @type {import("./stages.mjs").Stage} */
export const AUDIT_STAGE = {
  name: "dependency audit",
  run: () =>
    new Promise((resolve) => {
      // It ends with 1 for whatever it found, and for no answer: what it says decides.
      execFile(
        "npm",
        ["audit", "--json", "--loglevel=error"],
        { timeout: LIMIT_MS, maxBuffer: 2 ** 26 },
        (_error, stdout) => resolve(judgeAudit(stdout)),
      );
    }),
};

/**
 * @param {string} text
 * @returns {any}
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
