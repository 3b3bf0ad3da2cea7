import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { parseInput } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { forgetPerson } from "@/lib/people/forget-person";
import { cancelImport, getImport, readImportErrors } from "@/lib/people/import/get-import";
import { receiveImport, startImport } from "@/lib/people/import/receive-import";
import { peopleSchema, putPeople } from "@/lib/people/put-people";
import { personFactsSchema, startImportSchema } from "@/lib/people/schemas";
import { createPeopleBatches } from "../people-batches";
import type { ServiceContext } from "../service-context";

// Longer without a byte, and the file is taken to have broken off.
const SILENCE_MS = 60_000;

interface OfPerson {
  Params: { personId: string };
}
interface OfImport {
  Params: { importId: string };
}

/** `PUT` and `DELETE /v1/people/{personId}`, `PUT /v1/people` (up to 500); `/v1/people/import` and `/v1/people/imports/{importId}`: the host system's directory. */
export function peopleRoutes(app: FastifyInstance, { serviceContext }: { serviceContext: ServiceContext }): void {
  const batches = createPeopleBatches();

  app.put<OfPerson>("/v1/people/:personId", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const facts = parseInput(personFactsSchema, request.body);
    return batches.put(ctx, { ...facts, personId: request.params.personId });
  });
  // Many live updates in one call; a key's rate counts calls.
  app.put("/v1/people", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    return putPeople(ctx, parseInput(peopleSchema, request.body));
  });
  app.delete<OfPerson>("/v1/people/:personId", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    return forgetPerson(ctx, { personId: request.params.personId });
  });

  app.get<OfImport>("/v1/people/imports/:importId", async (request, reply) =>
    getImport(await serviceContext(request, reply), { importId: request.params.importId }),
  );
  app.get<OfImport>("/v1/people/imports/:importId/errors", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const lines = await readImportErrors(ctx, { importId: request.params.importId });
    return reply.type("application/x-ndjson").send(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  });
  app.delete<OfImport>("/v1/people/imports/:importId", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    return cancelImport(ctx, { importId: request.params.importId });
  });

  // A scope of its own, so that other routes go on refusing what is not JSON.
  void app.register(async (imports) => {
    imports.removeAllContentTypeParsers();
    imports.addContentTypeParser("application/x-ndjson", (_request, payload, done) => done(null, payload));
    imports.addContentTypeParser("*", (_request, _payload, done) =>
      done(new AppError("VALIDATION", "Send the people as application/x-ndjson: one JSON object a line.")),
    );
    imports.post("/v1/people/import", { config: { isLong: true } }, async (request, reply) => {
      const ctx = await serviceContext(request, reply);
      const { mode } = parseInput(startImportSchema, request.query);
      const { importId } = await startImport(ctx, { mode });
      request.raw.socket.setTimeout(SILENCE_MS, () => request.raw.destroy(new Error("silent")));
      const body = linesOf(request.raw, request.headers["content-encoding"]);
      const { lines } = await receiveImport(ctx, { importId, body });
      void reply.header("location", `/v1/people/imports/${importId}`);
      return reply.status(202).send({ importId, state: "waiting", rows: { received: lines } });
    });
  });
}

/** The body without its compression. An upload that breaks off throws. */
function linesOf(raw: IncomingMessage, encoding: string | undefined): Readable {
  if (encoding === undefined || encoding === "identity") return raw;
  if (encoding !== "gzip") throw new AppError("VALIDATION", "Only gzip is understood as a content-encoding.");
  const gunzip = createGunzip();
  raw.on("error", (error) => gunzip.destroy(error));
  raw.on("aborted", () => gunzip.destroy(new Error("the upload broke off")));
  return raw.pipe(gunzip);
}
