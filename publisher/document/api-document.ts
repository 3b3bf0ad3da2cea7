import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { problemSchema } from "./answers";
import { idempotencyHeaders, OPERATIONS, type Operation } from "./operations";

/** The OpenAPI 3.1 document of the services' API, made of the schemas by which requests are read. */
export function apiDocument() {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [part, operations] of Object.entries(OPERATIONS))
    for (const operation of operations)
      (paths[operation.path] ??= {})[operation.method] = { tags: [part], ...describe(operation) };
  return createDocument(
    {
      openapi: "3.1.0",
      info: {
        title: "LiveConnect for services",
        version: "1",
        description:
          "Publish to phones, ask who is connected, keep people and grants. Every call carries a key in the header " +
          "`Authorization: Bearer lck_…`; an administrator makes it in the console under Access.",
      },
      tags: Object.keys(OPERATIONS).map((name) => ({ name })),
      security: [{ apiKey: [] }],
      components: { securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "An API key." } } },
      paths: paths as ZodOpenApiPathsObject,
    },
    {
      // a date of a body is written as text
      override: ({ jsonSchema, zodSchema }) => {
        if (zodSchema._zod.def.type !== "date") return;
        jsonSchema.type = "string";
        jsonSchema.format = "date-time";
      },
      allowEmptySchema: { unknown: true, date: true },
    },
  );
}

function describe(operation: Operation): ZodOpenApiOperationObject {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const path = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  return {
    operationId: operation.id,
    summary: operation.summary,
    description: [operation.about, `Permission: \`${operation.permission}\`.`].filter(Boolean).join("\n\n"),
    requestParams: {
      ...(names.length > 0 ? { path } : {}),
      ...(operation.query ? { query: operation.query } : {}),
      ...(operation.takesIdempotencyKey ? { header: idempotencyHeaders } : {}),
    },
    ...(operation.body
      ? { requestBody: { required: true, content: { "application/json": { schema: operation.body } } } }
      : {}),
    ...(operation.takesLines
      ? { requestBody: { required: true, content: { "application/x-ndjson": { schema: z.string() } } } }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, { about, schema, lines }]) => [
          status,
          {
            description: about,
            ...(schema ? { content: { "application/json": { schema } } } : {}),
            ...(lines ? { content: { "application/x-ndjson": { schema: z.string() } } } : {}),
          },
        ]),
      ),
      default: { description: "Why not.", content: { "application/problem+json": { schema: problemSchema } } },
    },
  };
}
