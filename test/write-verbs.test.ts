import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");
const FOLDERS = ["lib", "app", "gateway", "publisher", "worker", "embedded-broker", "simulator", "stack"];
// The recorder is what writeVerb calls, and migrations come before there is anyone to ask.
const BELOW_VERBS = new Set(["lib/audit/record-audit.ts", "lib/db/migrate.ts"]);

const WRITES = [
  /\b(?:tx|prisma)\s*\.\w+\s*\.(?:create|update|upsert|delete)\w*\(/,
  /\binsert\s+into\s/i,
  /\bupdate\s+(?:only\s+)?\w+\s+(?:as\s+)?(?:\w+\s+)?set\s/i,
  /\bdelete\s+from\s/i,
  /\bmerge\s+into\s/i,
  /\btruncate\s+(?:table\s+)?\w/i,
];
const IS_VERB = /\bwriteVerb\(/;
const SAYS_WHY_NOT = /\b(?:machine[ -](?:write|only)|part of a write verb)/i;

test("whatever writes to the database is a write verb, or says that a machine writes without an operator and why", () => {
  const silent = FOLDERS.flatMap(sourcesUnder)
    .filter((file) => !BELOW_VERBS.has(file))
    .filter((file) => {
      const source = readFileSync(path.join(ROOT, file), "utf8");
      return writes(source) && !IS_VERB.test(source) && !SAYS_WHY_NOT.test(source);
    });
  expect(
    silent,
    "These files write to the database without a permission and an audit row. Make them with writeVerb (lib/audit/verb.ts), " +
      'or, when no operator is behind the write, say in the docstring "Machine write: " and why; "Part of a write verb: " when it takes its transaction',
  ).toEqual([]);
});

test("the walk sees writes in both forms, and not reads", () => {
  expect(writes("await ctx.tx.operator.updateMany({})")).toBe(true);
  expect(writes("sql`\n  update presence p set ver = 1`")).toBe(true);
  expect(writes("sql`with x as (INSERT  INTO clients values (1)) select 1`")).toBe(true);
  expect(writes("await ctx.db.prisma.operator.findMany({}); // select … for update")).toBe(false);
  expect(FOLDERS.flatMap(sourcesUnder).length).toBeGreaterThan(50);
});

const writes = (source: string): boolean => WRITES.some((pattern) => pattern.test(source));

/** Paths from the root, tests and generated code left out. */
function sourcesUnder(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, "/")))
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|spec|d)\.tsx?$/.test(file) && !file.includes("/generated/"))
    .filter((file) => statSync(path.join(ROOT, file)).isFile());
}
