import openapiTypescript, { astToString, type OpenAPI3 } from "openapi-typescript";
import { format } from "prettier";
import { apiDocument } from "@/publisher/document/api-document";

/** clients/typescript/openapi.json as it should be. */
export const documentText = (): Promise<string> =>
  format(JSON.stringify(apiDocument()), { parser: "json", printWidth: 120 });

/** clients/typescript/schema.d.ts as it should be. */
export async function schemaText(): Promise<string> {
  const types = astToString(await openapiTypescript(JSON.parse(await documentText()) as OpenAPI3));
  return format(`// Generated from openapi.json by scripts/generate-clients.ts.\n${types}`, {
    parser: "typescript",
    printWidth: 120,
  });
}
