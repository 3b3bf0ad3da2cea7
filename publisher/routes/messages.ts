import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { parseInput } from "@/lib/audit/verb";
import { AppError, toProblem } from "@/lib/errors";
import { awaitAcknowledged, awaitAnswer, commandOf, lookAgain } from "@/lib/publish/await-targets";
import type { DeviceAnswers } from "@/lib/publish/device-answers";
import { getMessage } from "@/lib/publish/get-message";
import type { MessageAcceptor } from "@/lib/publish/message-acceptor";
import { publishForService, readMessage } from "@/lib/publish/publish-for-service";
import { idempotencyKeySchema } from "@/lib/publish/schemas";
import {
  batchMessageSchema,
  messageBatchSchema,
  serviceMessageSchema,
  type Published,
  type PublishedTarget,
  type ServiceMessage,
} from "@/lib/publish/service-message";
import { getSend } from "@/lib/publish/sends/read-sends";
import { startSend } from "@/lib/publish/sends/start-send";
import type { MessageChanges } from "@/lib/publish/message-changes";
import type { Context } from "@/lib/rbac/context";
import type { ServiceContext } from "../service-context";

// Under the 15 s most HTTP clients and proxies wait at least.
const WAIT_MS = 10_000;

interface Parts {
  serviceContext: ServiceContext;
  acceptor: MessageAcceptor;
  changes: MessageChanges;
  answers: DeviceAnswers;
}

/** `POST /v1/messages`, `POST /v1/messages/batch` and `GET /v1/messages/{messageId}`. */
export function messageRoutes(app: FastifyInstance, parts: Parts): void {
  const { serviceContext, acceptor } = parts;

  app.post("/v1/messages", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const idempotencyKey = idempotencyKeyOf(request);
    const parsed = parseInput(serviceMessageSchema, request.body);
    if ("clients" in parsed.to)
      return startedSend(ctx, { parsed: { ...parsed, to: parsed.to }, idempotencyKey, reply });
    const message = { ...parsed, to: parsed.to, idempotencyKey };
    const [accepted] = await publishForService(ctx, { acceptor, messages: [message] });
    if (!accepted || accepted instanceof AppError) throw accepted ?? new Error("A message has no result");
    if (accepted.some(({ repeated }) => repeated)) void reply.header("idempotent-replayed", "true");
    return answer(reply, summaryOf(await waited(ctx, { message, targets: accepted, ...parts })));
  });

  app.post("/v1/messages/batch", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const { messages: given } = parseInput(messageBatchSchema, request.body);
    const messages = given.map((message) => readMessage(batchMessageSchema, message));
    const accepted = await publishForService(ctx, { acceptor, messages });
    const results = await Promise.all(
      accepted.map(async (one, index) => {
        const message = messages[index];
        if (one instanceof AppError) return { problem: toProblem(one, request.id) };
        if (!message || message instanceof AppError) throw new Error("A message was accepted that was not given");
        return summaryOf(await waited(ctx, { message, targets: one, ...parts }));
      }),
    );
    return reply.status(200).send({ results });
  });

  app.get<{ Params: { messageId: string } }>("/v1/messages/:messageId", async (request, reply) => {
    const ctx = await serviceContext(request, reply);
    const { messageId } = request.params;
    try {
      return await getMessage(ctx, { messageId });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "NOT_FOUND") throw error;
      // The id of a send is told as the message's.
      await getSend(ctx, { sendId: messageId });
      return reply.redirect(`/v1/sends/${messageId}`, 303);
    }
  });
}

/** Begins a send to many clients and answers how far it is. */
async function startedSend(
  ctx: Context,
  of: { parsed: SendOfService; idempotencyKey: string | null; reply: FastifyReply },
): Promise<FastifyReply> {
  const { waitFor, retain, idempotencyKey: _header, ...message } = of.parsed;
  if (waitFor !== "accepted")
    throw new AppError("VALIDATION", "A message to many clients is not waited for: ask for its progress.");
  if (retain) throw new AppError("VALIDATION", "A message to many clients is not retained.");
  const { send, repeated } = await startSend(ctx, { ...message, idempotencyKey: of.idempotencyKey });
  if (repeated) void of.reply.header("idempotent-replayed", "true");
  const published: Published = {
    messageId: send.sendId,
    state: null,
    acceptedAt: send.madeAt,
    acknowledgedAt: null,
    acknowledgement: null,
    targets: [],
    send,
  };
  return of.reply.status(202).header("location", `/v1/sends/${send.sendId}`).send(published);
}

type Parsed = z.output<typeof serviceMessageSchema>;
type SendOfService = Omit<Parsed, "to"> & { to: Extract<Parsed["to"], { clients: unknown }> };

/** What the call waits for, of each target. */
async function waited(
  ctx: Context,
  of: { message: ServiceMessage; targets: readonly PublishedTarget[] } & Pick<Parts, "changes" | "answers">,
): Promise<PublishedTarget[]> {
  const { message, targets, changes, answers } = of;
  if (message.waitFor === "accepted")
    return Promise.all(targets.map((target) => (target.repeated ? lookAgain(ctx, target) : target)));
  if (message.waitFor === "acknowledged")
    return Promise.all(targets.map((target) => awaitAcknowledged(ctx, { target, timeoutMs: WAIT_MS, changes })));
  const command = commandOf(message);
  return Promise.all(
    targets.map(async (target) => {
      const [now, said] = await Promise.all([
        awaitAcknowledged(ctx, { target, timeoutMs: WAIT_MS, changes }),
        awaitAnswer(ctx, { command, timeoutMs: WAIT_MS, answers }),
      ]);
      return { ...now, answer: said };
    }),
  );
}

const LEAST_FIRST = ["failed", "expired", "accepted", "acknowledged"] as const;

function summaryOf(targets: PublishedTarget[]): Published {
  const least = LEAST_FIRST.flatMap((state) => targets.find((target) => target.state === state) ?? [])[0];
  return {
    messageId: targets[0]?.messageId ?? null,
    state: least?.state ?? null,
    acceptedAt: least?.acceptedAt ?? null,
    acknowledgedAt: least?.acknowledgedAt ?? null,
    acknowledgement: least?.acknowledgement ?? null,
    targets,
    send: null,
  };
}

/** 202 while something is still on its way. */
const answer = (reply: FastifyReply, published: Published): FastifyReply =>
  reply.status(published.state === "accepted" ? 202 : 200).send(published);

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const given = request.headers["idempotency-key"];
  if (Array.isArray(given)) throw new AppError("VALIDATION", "Send one Idempotency-Key header.");
  return parseInput(idempotencyKeySchema, given ?? null) ?? null;
}
