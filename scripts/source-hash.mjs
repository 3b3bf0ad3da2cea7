import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const NOT_SOURCE = /\.(test|spec|bench)\.tsx?$/;

/**
 * Whether a build was made from what the sources are now.
 * @param {string} stampFile inside the build's output, so that removing the output removes the stamp
 * @param {readonly string[]} sources files and folders; absent ones count as empty
 */
export async function isCurrent(stampFile, sources) {
  if (!existsSync(stampFile)) return false;
  return (await readFile(stampFile, "utf8")) === (await hashOf(sources));
}

/**
 * Writes down what a build is made from. Take the hash before building, so that a change made meanwhile is seen.
 * @param {string} stampFile
 * @param {string} hash
 */
export async function stamp(stampFile, hash) {
  await mkdir(path.dirname(stampFile), { recursive: true });
  await writeFile(stampFile, hash);
}

/**
 * SHA-256 over names and contents, tests left out.
 * @param {readonly string[]} sources
 * @returns {Promise<string>} hex
 */
export async function hashOf(sources) {
  const hash = createHash("sha256");
  for (const source of sources)
    for (const file of (await filesUnder(source)).toSorted()) {
      hash.update(`${file}\0`);
      hash.update(await readFile(file));
    }
  return hash.digest("hex");
}

/** @param {string} source @returns {Promise<string[]>} */
async function filesUnder(source) {
  if (!existsSync(source)) return [];
  /** @type {import("node:fs").Dirent[]} */
  let entries;
  try {
    entries = await readdir(source, { withFileTypes: true, recursive: true });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOTDIR") return [source];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile() && !NOT_SOURCE.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}
