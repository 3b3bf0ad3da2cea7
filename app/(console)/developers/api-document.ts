import { fieldsOf, type Field, type Schema } from "./schema-fields";

interface Content {
  content?: Readonly<Record<string, { schema: Schema }>>;
}

interface DocumentOperation {
  operationId: string;
  tags: readonly string[];
  summary: string;
  description: string;
  parameters?: readonly { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: Content;
  responses: Readonly<Record<string, { description: string } & Content>>;
}

/** The API document, as far as the page reads it. */
export interface ApiDocument {
  tags: readonly { name: string }[];
  paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  components: { schemas: Readonly<Record<string, Schema>> };
}

/** The generated file is an OpenAPI document (test/clients.test.ts); its literal type is far wider than what is read here. */
export const asDocument = (file: unknown): ApiDocument => file as ApiDocument;

/** An operation as it is shown. */
export interface ShownOperation {
  id: string;
  part: string;
  method: string;
  path: string;
  summary: string;
  about: readonly string[];
  parameters: readonly Field[];
  body: readonly Field[];
  answers: readonly { status: string; about: string; fields: readonly Field[] }[];
}

/** All operations, in the order of the document. */
export function operationsOf(api: ApiDocument): ShownOperation[] {
  const find = (ref: string): Schema => api.components.schemas[ref.split("/").at(-1) ?? ""] ?? {};
  const fields = (of: Content | undefined): Field[] => {
    const [content] = Object.values(of?.content ?? {});
    return content ? fieldsOf(content.schema, find) : [];
  };
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      part: operation.tags[0] ?? "",
      method: method.toUpperCase(),
      path,
      summary: operation.summary,
      about: operation.description.split("\n\n"),
      parameters: (operation.parameters ?? []).map(({ name, in: where, required, description, schema }) => ({
        name,
        type: `${where}, ${String(schema.type ?? "string")}`,
        isRequired: required === true,
        about: description ?? null,
      })),
      body: fields(operation.requestBody),
      answers: Object.entries(operation.responses).map(([status, answer]) => ({
        status,
        about: answer.description,
        fields: fields(answer),
      })),
    })),
  );
}
