import { readFile } from "node:fs/promises";
import path from "node:path";
import { format } from "prettier";
import { z } from "zod";

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      license: z.string().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ),
});
type Locked = z.output<typeof lockSchema>["packages"];

/** Licences we take, and what of: all of them leave our own code ours, as long as theirs stays unchanged and named. */
const TAKEN: Readonly<Record<string, string>> = {
  "0BSD": "permissive",
  "Apache-2.0": "permissive",
  "BSD-2-Clause": "permissive",
  "BSD-3-Clause": "permissive",
  "BlueOak-1.0.0": "permissive",
  "CC0-1.0": "permissive",
  ISC: "permissive",
  MIT: "permissive",
  "MIT-0": "permissive",
  "Python-2.0": "permissive",
  Unlicense: "permissive",
  "CC-BY-4.0": "data, named (which browser can what)",
  "EPL-2.0": "copyleft by file, unchanged",
  "LGPL-3.0-or-later": "a library of its own beside us, unchanged and replaceable (pictures in Next; not called by us)",
  "MPL-2.0": "copyleft by file, unchanged",
};

// Of packages from before package.json had one word for it; read in them.
const READ_BY_HAND: Readonly<Record<string, string>> = { busboy: "MIT", "humanize-number": "MIT", streamsearch: "MIT" };

// esbuild-linux-x64 → esbuild: what a package is called on one platform.
const PLATFORM = /[-/](android|darwin|freebsd|linux|linuxmusl|openharmony|wasm32|win32)\b.*$/;

export interface Licensed {
  name: string;
  /** As SPDX has it; null: it does not say. */
  licence: string | null;
  /** Only for building and testing. */
  dev: boolean;
}

/** Every package of the lock file, whatever platform it is of, by name. */
export async function listLicences(): Promise<Licensed[]> {
  const file = path.resolve(import.meta.dirname, "../package-lock.json");
  const { packages } = lockSchema.parse(JSON.parse(await readFile(file, "utf8")));
  const named = new Map<string, Licensed>();
  for (const [place, entry] of Object.entries(packages)) {
    const name = place.split("node_modules/").at(-1) ?? "";
    if (name === "" || entry.link) continue;
    const dev = (entry.dev ?? false) && (named.get(`${name} ${entry.license}`)?.dev ?? true);
    const licence = entry.license ?? READ_BY_HAND[name] ?? familyLicence(name, packages);
    named.set(`${name} ${entry.license}`, { name, licence, dev });
  }
  return [...named.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Packages of platforms that the registry we install from lacks stand in the lock by name alone: what their siblings say. */
function familyLicence(name: string, packages: Locked): string | null {
  const family = name.replace(PLATFORM, "");
  if (family === name) return null;
  const sibling = Object.entries(packages).find(
    ([place, { license }]) => license && (place.split("node_modules/").at(-1) ?? "").replace(PLATFORM, "") === family,
  );
  return sibling?.[1].license ?? null;
}

/** Whether each licence of an expression (of `OR`: one of them) is one we take. */
export function isTaken(licence: string | null): boolean {
  if (licence === null) return false;
  const words = licence.replaceAll(/[()]/g, "");
  return words.split(/ and /i).every((part) => part.split(" OR ").some((one) => one in TAKEN));
}

/** docs/licences.md as it should be. */
export const licencesText = async (): Promise<string> =>
  format(documentOf(await listLicences()), { parser: "markdown", printWidth: 120 });

function documentOf(packages: readonly Licensed[]): string {
  const licences = [...new Set(packages.map(({ licence }) => licence))].toSorted();
  const of = (licence: string | null, dev: boolean): Licensed[] =>
    packages.filter((one) => one.licence === licence && one.dev === dev);
  return `# Licences of what we use

Generated from \`package-lock.json\` by \`npm run generate:licences\`; a test fails while it is not current, or when a package comes with a
licence that is not among these (\`scripts/licences.ts\`). Packages of every platform are counted, though each installs only its own.

| licence | why we take it | with the product | to build and test |
| --- | --- | --- | --- |
${Object.entries(TAKEN)
  .map(([licence, why]) => {
    const uses = packages.filter((one) => one.licence?.split(/[ ()]+/).includes(licence));
    return `| ${licence} | ${why} | ${uses.filter(({ dev }) => !dev).length} | ${uses.filter(({ dev }) => dev).length} |`;
  })
  .join("\n")}

${licences
  .map((licence) =>
    [`## ${licence}`, listed("With the product", of(licence, false)), listed("To build and test", of(licence, true))]
      .filter(Boolean)
      .join("\n\n"),
  )
  .join("\n\n")}
`;
}

const listed = (title: string, packages: readonly Licensed[]): string =>
  packages.length === 0 ? "" : `${title}: ${packages.map(({ name }) => `\`${name}\``).join(", ")}.`;
