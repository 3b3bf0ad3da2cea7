import type { FastifyInstance } from "fastify";
import { cancelSend, pauseSend, resumeSend } from "@/lib/publish/sends/change-send";
import { countRecipients, getSend, listSends } from "@/lib/publish/sends/read-sends";
import type { ServiceContext } from "../service-context";

interface OfSend {
  Params: { sendId: string };
}

const CHANGES = { pause: pauseSend, resume: resumeSend, cancel: cancelSend } as const;

/** `/v1/sends`: how far messages to many clients are, pausing and cancelling them, and whom one would reach. */
export function sendRoutes(app: FastifyInstance, { serviceContext }: { serviceContext: ServiceContext }): void {
  app.post("/v1/sends/count", async (request, reply) =>
    // what the body is, the verb's schema says
    countRecipients(await serviceContext(request, reply), request.body as never),
  );
  app.get("/v1/sends", async (request, reply) =>
    listSends(await serviceContext(request, reply), request.query as Record<string, never>),
  );
  app.get<OfSend>("/v1/sends/:sendId", async (request, reply) =>
    getSend(await serviceContext(request, reply), request.params),
  );
  for (const [word, change] of Object.entries(CHANGES))
    app.post<OfSend>(`/v1/sends/:sendId/${word}`, async (request, reply) =>
      change(await serviceContext(request, reply), request.params),
    );
}
