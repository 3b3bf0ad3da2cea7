import { spawn } from "node:child_process";
import { Halt } from "./halt.mjs";

const KEPT_LINES = 25;

/**
 * Runs a program to its end and keeps its output to itself; when it fails, its last lines become the message.
 * A signal to us ends it and then us.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ what: string, env?: Record<string, string>, keptLines?: number }} options `what` names the step in the message
 * @returns {Promise<string>} what it wrote
 */
export function runCommand(program, args, { what, env = {}, keptLines = KEPT_LINES }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (/** @type {Buffer} */ chunk) => (output = (output + chunk).slice(-200_000));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
      child.kill(signal);
      process.exit(130);
    };
    for (const signal of SIGNALS) process.once(signal, onSignal);
    const settle = (/** @type {() => void} */ then) => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      then();
    };
    child.once("error", (cause) =>
      settle(() => reject(new Halt(`${what} failed: ${program} could not be run (${cause.message}).`))),
    );
    child.once("close", (code) =>
      settle(() => {
        if (code === 0) resolve(output);
        else reject(new Halt(`${what} failed:\n\n${output.trimEnd().split("\n").slice(-keptLines).join("\n")}`));
      }),
    );
  });
}

const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM"]);
