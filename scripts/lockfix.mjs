// Completes package-lock.json after it was made against a registry that lacks some packages for other platforms: npm leaves
// those out of the lock, and then `npm ci` refuses it. With their entries added, a developer on such a platform gets them
// from a full registry. By hand, whenever the lock changed: `npm run lockfix`.
import { readFileSync, writeFileSync } from "node:fs";

const LOCK = "package-lock.json";
const SYSTEMS = "darwin linux win32 freebsd android openharmony sunos aix netbsd openbsd".split(" ");
const PROCESSORS = "arm64 x64 ia32 arm ppc64 riscv64 s390x loong64 wasm32".split(" ");

/** @typedef {{ version?: string, optional?: boolean, dev?: boolean, os?: string[], cpu?: string[], optionalDependencies?: Record<string, string> }} Entry */

const lock = JSON.parse(readFileSync(LOCK, "utf8"));
/** @type {Record<string, Entry>} */
const packages = lock.packages;
let added = 0;

for (const [place, entry] of Object.entries(packages))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isResolved(place, name)) continue;
    const words = name.split(/[-/]/);
    const os = SYSTEMS.filter((system) => words.includes(system));
    const cpu = PROCESSORS.filter((processor) => words.includes(processor));
    if (!/^\d/.test(version) || (os.length === 0 && cpu.length === 0)) {
      console.error(`Left alone, as it is no exact version of a platform's package: ${name} ${version}`);
      continue;
    }
    packages[`node_modules/${name}`] = {
      version,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...(cpu.length > 0 ? { cpu } : {}),
      ...(os.length > 0 ? { os } : {}),
    };
    added += 1;
  }

lock.packages = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added`);

/**
 * Whether Node would find the package from this place: beside it or in any folder above.
 * @param {string} place key of the lock, e.g. "node_modules/a/node_modules/b"
 * @param {string} name
 */
function isResolved(place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))) {
    if (packages[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === "") return false;
  }
}
