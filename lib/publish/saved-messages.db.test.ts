import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { rolesWithout, testContext } from "@/test/factories";
import { deleteSavedMessage, importSavedMessages, listSavedMessages, saveMessage } from "./saved-messages";
import { MOST_SAVED, type SavedContent } from "./schemas";

const { db } = await testDatabase();
const content: SavedContent = {
  topicName: "halodoc/pharmacy-delivery/orders/{{orderId}}",
  qos: 1,
  retain: false,
  expirySeconds: 900,
  format: "json",
  payload: '{"status":"delivered","order":"{{orderId}}"}',
  contentType: "application/json",
  userProperties: [],
};

test("a saved message is its owner's until shared, kept encrypted, and told in the audit without its payload", async () => {
  const [mine, other] = [testContext(db), testContext(db)];
  const { id } = await saveMessage(mine, { name: "Order delivered", shared: false, content });
  expect(await listSavedMessages(mine, {})).toMatchObject([{ id, name: "Order delivered", own: true, content }]);
  expect(await listSavedMessages(other, {})).toEqual([]);
  await saveMessage(mine, { id, name: "Order delivered", shared: true, content: { ...content, qos: 2 } });
  expect(await listSavedMessages(other, {})).toMatchObject([{ id, own: false, content: { qos: 2 } }]);
  const row = await db.prisma.savedMessage.findUniqueOrThrow({ where: { id } });
  expect(Buffer.from(row.content).includes("delivered")).toBe(false);
  const audited = await db.prisma.auditEvent.findMany({ where: { subjectId: id } });
  expect(audited.map(({ action }) => action)).toEqual(["publish.saveMessage", "publish.saveMessage"]);
  expect(JSON.stringify(audited.map(({ details }) => details))).not.toContain("status");
});

test("nobody changes or removes another's; removing one's own twice is harmless", async () => {
  const [mine, other] = [testContext(db), testContext(db)];
  const { id } = await saveMessage(mine, { name: "Shared", shared: true, content });
  await expect(saveMessage(other, { id, name: "Taken", shared: false, content })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await expect(deleteSavedMessage(other, { id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await deleteSavedMessage(mine, { id });
  await deleteSavedMessage(mine, { id });
  expect(await db.prisma.savedMessage.count({ where: { id } })).toBe(0);
});

test("an import is taken whole or, when it does not fit, not at all", async () => {
  const ctx = testContext(db);
  const message = { name: "Imported", content };
  expect(await importSavedMessages(ctx, { messages: Array.from({ length: 60 }, () => message) })).toEqual({
    imported: 60,
  });
  const tooMany = importSavedMessages(ctx, { messages: Array.from({ length: MOST_SAVED - 59 }, () => message) });
  await expect(tooMany).rejects.toMatchObject({ code: "LIMIT" });
  expect(await db.prisma.savedMessage.count({ where: { ownerId: ctx.actor.id } })).toBe(60);
});

test.each(rolesWithout("publish.send"))("the role %s neither reads nor saves messages", async (role) => {
  const ctx = testContext(db, { role });
  const refused = { code: "FORBIDDEN" };
  await expect(listSavedMessages(ctx, {})).rejects.toMatchObject(refused);
  await expect(saveMessage(ctx, { name: "x", shared: true, content })).rejects.toMatchObject(refused);
  await expect(importSavedMessages(ctx, { messages: [{ name: "x", content }] })).rejects.toMatchObject(refused);
});
