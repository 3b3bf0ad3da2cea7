import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { documentText, schemaText } from "@/scripts/client-files";

const FOLDER = path.resolve(import.meta.dirname, "../clients/typescript");

test("the client's files are those of the API as it is; `npm run generate:clients` makes them", async () => {
  expect(await readFile(path.join(FOLDER, "openapi.json"), "utf8")).toBe(await documentText());
  expect(await readFile(path.join(FOLDER, "schema.d.ts"), "utf8")).toBe(await schemaText());
});
