// docs/permissions.md. By hand: `npm run generate:permissions`; test/permissions.test.ts says when.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { tableText } from "./permission-table";

await writeFile(path.resolve(import.meta.dirname, "../docs/permissions.md"), await tableText());
