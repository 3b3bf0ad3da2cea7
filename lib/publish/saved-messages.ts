import { randomUUID } from "node:crypto";
import { z } from "zod";
import { readVerb, writeVerb } from "@/lib/audit/verb";
import type { SealedColumn } from "@/lib/crypto/reseal-column";
import { seal, unseal } from "@/lib/crypto/seal";
import { openingKeys, sealingKey } from "@/lib/env/sealing-key";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { TransactionContext } from "@/lib/rbac/context";
import {
  importMessagesSchema,
  MOST_SAVED,
  saveMessageSchema,
  savedContentSchema,
  savedMessageIdSchema,
  type SavedMessage,
} from "./schemas";

export const SEALED_SAVED_MESSAGES: SealedColumn = {
  table: "saved_messages",
  column: "content",
  belongsTo: "id",
  about: (id) => id,
};

/** The actor's own saved messages and everybody's shared ones, by name. */
export const listSavedMessages = readVerb({
  permission: "publish.send",
  input: z.strictObject({}),
  work: async (ctx): Promise<SavedMessage[]> => {
    const rows = await ctx.db.prisma.savedMessage.findMany({
      where: { OR: [{ ownerId: ctx.actor.id }, { shared: true }] },
      orderBy: [{ name: "asc" }, { savedAt: "asc" }],
    });
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      shared: row.shared,
      own: row.ownerId === ctx.actor.id,
      ownerName: row.ownerName,
      savedAt: row.savedAt.toISOString(),
      content: savedContentSchema.parse(JSON.parse(unseal(row.content, { keys: openingKeys(), about: row.id }))),
    }));
  },
});

/** Saves a message, or what changed of one of the actor's own. Throws NOT_FOUND for another's; LIMIT above MOST_SAVED of one's own. */
export const saveMessage = writeVerb({
  permission: "publish.send",
  input: saveMessageSchema,
  work: async (ctx, { id = randomUUID(), name, shared, content }) => {
    const saved = { name, shared, content: sealed(id, content), savedAt: ctx.now() };
    const { count } = await ctx.tx.savedMessage.updateMany({ where: { id, ownerId: ctx.actor.id }, data: saved });
    if (count === 0) {
      if (await ctx.tx.savedMessage.findUnique({ where: { id }, select: { id: true } })) throw notYours(id);
      await requireRoom(ctx, 1);
      await ctx.tx.savedMessage.create({ data: { id, ...owner(ctx), ...saved } });
    }
    return { result: { id }, audit: fact("saveMessage", id, { name, shared, topicName: content.topicName }) };
  },
});

/** Saves many at once, all personal. Throws LIMIT when they do not all fit. */
export const importSavedMessages = writeVerb({
  permission: "publish.send",
  input: importMessagesSchema,
  work: async (ctx, { messages }) => {
    await requireRoom(ctx, messages.length);
    const rows = messages.map(({ name, content }) => {
      const id = randomUUID();
      return { id, ...owner(ctx), name, shared: false, content: sealed(id, content), savedAt: ctx.now() };
    });
    await ctx.tx.savedMessage.createMany({ data: rows });
    return { result: { imported: rows.length }, audit: fact("importSavedMessages", null, { messages: rows.length }) };
  },
});

/** Removes one of the actor's own. Removing it twice is harmless. Throws NOT_FOUND for another's. */
export const deleteSavedMessage = writeVerb({
  permission: "publish.send",
  input: z.strictObject({ id: savedMessageIdSchema }),
  work: async (ctx, { id }) => {
    const { count } = await ctx.tx.savedMessage.deleteMany({ where: { id, ownerId: ctx.actor.id } });
    if (count === 0 && (await ctx.tx.savedMessage.findUnique({ where: { id }, select: { id: true } })))
      throw notYours(id);
    return { result: undefined, audit: fact("deleteSavedMessage", id, { removed: count }) };
  },
});

const owner = ({ actor }: TransactionContext) => ({ ownerId: actor.id, ownerName: actor.name });

const sealed = (id: string, content: z.output<typeof savedContentSchema>): Uint8Array<ArrayBuffer> =>
  seal(JSON.stringify(content), { key: sealingKey(), about: id });

async function requireRoom(ctx: TransactionContext, more: number): Promise<void> {
  const count = await ctx.tx.savedMessage.count({ where: { ownerId: ctx.actor.id } });
  if (count + more > MOST_SAVED)
    throw new AppError(
      "LIMIT",
      sentence("You have {count} saved messages, and at most {most} are kept. Remove some.", {
        count,
        most: MOST_SAVED,
      }),
    );
}

const notYours = (id: string): AppError =>
  new AppError(
    "NOT_FOUND",
    sentence("There is no saved message {id} of yours. A shared one is changed by who saved it.", { id }),
  );

const fact = (verb: string, subjectId: string | null, details: Record<string, string | number | boolean>) => ({
  action: `publish.${verb}`,
  subjectKind: "saved_message" as const,
  subjectId,
  details,
});
