// docs/licences.md. By hand: `npm run generate:licences`; test/licences.test.ts says when.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { licencesText } from "./licences";

await writeFile(path.resolve(import.meta.dirname, "../docs/licences.md"), await licencesText());
