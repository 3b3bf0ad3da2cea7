// The services' API as OpenAPI, and the types of its TypeScript client. By hand: `npm run generate:clients`; test/clients.test.ts says when.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { documentText, schemaText } from "./client-files";

const FOLDER = path.resolve(import.meta.dirname, "../clients/typescript");
await writeFile(path.join(FOLDER, "openapi.json"), await documentText());
await writeFile(path.join(FOLDER, "schema.d.ts"), await schemaText());
