import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { isTaken, licencesText, listLicences } from "@/scripts/licences";

test("no package has a licence but those we take", async () => {
  const packages = await listLicences();
  expect(packages.length).toBeGreaterThan(500);
  expect(packages.filter(({ licence }) => !isTaken(licence))).toEqual([]);
});

test("docs/licences.md lists what is locked; `npm run generate:licences` makes it", async () => {
  expect(await readFile(path.resolve(import.meta.dirname, "../docs/licences.md"), "utf8")).toBe(await licencesText());
});

test.each([
  ["MIT", true],
  ["Apache-2.0 AND LGPL-3.0-or-later", true],
  ["(GPL-3.0-only OR MIT)", true],
  ["MIT and GPL-3.0-only", false],
  ["SEE LICENSE IN LICENSE", false],
  [null, false],
])("a licence that says %s is taken: %s", (licence, taken) => {
  expect(isTaken(licence)).toBe(taken);
});
