import { constants, existsSync } from "node:fs";
import { access, statfs } from "node:fs/promises";
import path from "node:path";
import { isFree, portOf, usedPorts } from "../ports.mjs";
import { Halt } from "./halt.mjs";

/** Bytes that packages, the build and a young database take; once they are there, room to go on. */
const NEEDED = { first: 2_000_000_000, later: 200_000_000 };

/** Throws Halt unless we may write where we must and the disk has room. */
export async function checkFolder() {
  const here = process.cwd();
  for (const folder of [here, ...["node_modules", "dist", ".next", ".data"].map((name) => path.join(here, name))]) {
    if (!existsSync(folder)) continue;
    try {
      await access(folder, constants.W_OK);
    } catch {
      throw new Halt(
        `${folder} cannot be written by this user. Make it yours (sudo chown -R "$(id -un)" ${here}) or use a clone of your own.`,
      );
    }
  }
  const { bavail, bsize } = await statfs(here);
  const needed = existsSync("node_modules") ? NEEDED.later : NEEDED.first;
  if (bavail * bsize >= needed) return;
  throw new Halt(
    `The disk of ${here} has ${megabytes(bavail * bsize)} MB free; ${megabytes(needed)} MB are needed. Free some and start again.`,
  );
}

/** Throws Halt naming every port that is taken, and the variable that chooses another. */
export async function checkPorts() {
  /** @type {string[]} */
  const taken = [];
  for (const [variable, { of }] of usedPorts(process.env)) {
    const port = portOf(variable);
    if (!(await isFree(port))) taken.push(`  ${port} (${of}), or choose another: ${variable}=${port + 1}`);
  }
  if (taken.length === 0) return;
  if (taken.length === usedPorts(process.env).length)
    throw new Halt(
      "All ports of LiveConnect are in use: it seems to be running already. Stop it first (Ctrl-C there).",
    );
  const are = taken.length === 1 ? "This port is" : "These ports are";
  throw new Halt(`${are} in use. Stop what uses it:\n${taken.join("\n")}`);
}

const megabytes = (/** @type {number} */ bytes) => Math.round(bytes / 1_000_000);
