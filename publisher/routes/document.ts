import type { FastifyInstance } from "fastify";
import { apiDocument } from "../document/api-document";
import { OPERATIONS } from "../document/operations";

/** `GET /v1/openapi.json`, without a key. Every other route under /v1 must be in the document: one that is not fails the start. */
export function documentRoute(app: FastifyInstance): void {
  const document = JSON.stringify(apiDocument());
  const told = new Set(
    Object.values(OPERATIONS)
      .flat()
      .map(({ method, path }) => `${method} ${path}`),
  );
  app.get("/v1/openapi.json", async (_request, reply) => reply.type("application/json").send(document));
  // routes that are added from here on
  app.addHook("onRoute", ({ method, url }) => {
    const route = `${String(method).toLowerCase()} ${url.replaceAll(/:(\w+)/g, "{$1}")}`;
    if (url.startsWith("/v1/") && !route.startsWith("head ") && !told.has(route))
      throw new Error(`The API document does not tell of ${route}`);
  });
}
