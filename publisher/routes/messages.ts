import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { parseInput } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { getMessage } from "@/lib/publish/get-message";
import { publishMessage } from "@/lib/publish/publish-message";
import { publishMessageSchema, type MessageStatus } from "@/lib/publish/schemas";
import { waitForMessageBy, type MessageChanges } from "@/lib/publish/wait-for-message";
import type { ServiceContext } from "../service-context";

/** The body of `POST /v1/messages`: a message, and what the call waits for. */
export const publishRequestSchema = publishMessageSchema.safeExtend({
  /** `acknowledged`: answer when the broker has acknowledged, or after `WAIT_MS` with the state as it is. */
  waitFor: z.enum(["accepted", "acknowledged"]).default("accepted"),
  // the header is the one way to give it
  idempotencyKey: z.never("Send it as the header Idempotency-Key").optional(),
});

// Under the 15 s most HTTP clients and proxies wait at least.
const WAIT_MS = 10_000;

/** `POST /v1/messages` and `GET /v1/messages/{messageId}`. */
export function messageRoutes(
  app: FastifyInstance,
  { serviceContext, changes }: { serviceContext: ServiceContext; changes: MessageChanges },
): void {
  const waitForMessage = waitForMessageBy(changes);

  app.post("/v1/messages", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const { waitFor, ...message } = parseInput(publishRequestSchema, request.body);
    const published = await publishMessage(ctx, { ...message, idempotencyKey: idempotencyKeyOf(request) });
    const { messageId, acceptedAt, repeated } = published;
    if (repeated) void reply.header("idempotent-replayed", "true");
    if (waitFor === "accepted" && !repeated) {
      return reply
        .status(202)
        .send({ messageId, state: "accepted", acceptedAt, acknowledgedAt: null, acknowledgement: null });
    }
    const timeoutMs = waitFor === "acknowledged" ? WAIT_MS : 0;
    const status = await waitForMessage(ctx, { messageId, timeoutMs });
    return reply.status(status.state === "accepted" ? 202 : 200).send(answerOf(status));
  });

  app.get<{ Params: { messageId: string } }>("/v1/messages/:messageId", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    return getMessage(ctx, { messageId: request.params.messageId });
  });
}

const answerOf = ({ messageId, state, acceptedAt, acknowledgedAt, acknowledgement, failure }: MessageStatus) => ({
  messageId,
  state,
  acceptedAt,
  acknowledgedAt,
  acknowledgement,
  ...(failure === null ? {} : { failure }),
});

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const given = request.headers["idempotency-key"];
  if (Array.isArray(given)) throw new AppError("VALIDATION", "Send one Idempotency-Key header.");
  return given ?? null;
}
