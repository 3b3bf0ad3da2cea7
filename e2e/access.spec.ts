import { randomUUID } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import { expect, test } from "./operator-test";
import { addresses } from "./stack";

/** What the publisher answers to a call with a key. */
const statusOf = async (request: APIRequestContext, key: string): Promise<number> => {
  const response = await request.post(`${addresses.publisher}/v1/messages`, {
    headers: { authorization: `Bearer ${key}` },
    data: { to: { topicName: "e2e/keys" }, payload: "x" },
  });
  return response.status();
};

test.describe("an administrator", () => {
  test.use({ role: "admin" });

  test("makes a key that is shown once and works, rotates it with both taken, and revokes both at once", async ({
    page,
    request,
  }) => {
    const name = `Orders ${randomUUID().slice(0, 8)}`;
    const dialog = page.getByRole("dialog");
    const shownKey = async (): Promise<string> => {
      await expect(dialog).toContainText("it cannot be shown again");
      const key = (await dialog.getByText(/^lck_/).textContent()) ?? "";
      await dialog.getByRole("button", { name: "I have copied it" }).click();
      await expect(dialog).toHaveCount(0);
      return key;
    };
    await page.goto("/access");
    await page.getByRole("button", { name: "New key" }).first().click();
    await dialog.getByRole("button", { name: "Make the key" }).click();
    await expect(dialog).toContainText("Give it the name of the service");
    await dialog.getByLabel("Name of the service").fill(name);
    await dialog.getByLabel("Topic filters it may publish to").fill("e2e/#");
    await dialog.getByLabel("Clients of one send, at most").fill("50");
    await dialog.getByRole("button", { name: "Make the key" }).click();
    const first = await shownKey();
    expect(first).toMatch(/^lck_[\w-]{43}$/);

    const row = page.getByRole("row").filter({ hasText: name });
    await expect(row).toContainText("e2e/#");
    await expect(row).toContainText("at most 50 clients a send");
    await expect(row).toContainText("never");
    expect(await statusOf(request, first)).toBe(202);
    // nowhere again, whatever is asked for
    await page.reload();
    await expect(row).toBeVisible();
    expect(await page.content()).not.toContain(first);
    expect(await (await page.request.get("/api/access/keys")).text()).not.toContain(first);

    await row.getByRole("button", { name: `Actions for ${name}` }).click();
    await page.getByRole("menuitem", { name: "Rotate the key" }).click();
    const second = await shownKey();
    expect(second).not.toBe(first);
    await expect(row).toContainText("The key it replaced is taken until");
    expect([await statusOf(request, first), await statusOf(request, second)]).toEqual([202, 202]);

    await row.getByRole("button", { name: `Actions for ${name}` }).click();
    await page.getByRole("menuitem", { name: "Revoke…" }).click();
    await dialog.getByRole("button", { name: "Revoke" }).click();
    await expect(row).toContainText("revoked");
    await expect(row.getByRole("button")).toHaveCount(0);
    for (const key of [first, second]) await expect.poll(() => statusOf(request, key), { timeout: 3_000 }).toBe(401);
  });
});

test("the services' API is told field by field, as its document has it", async ({ page, request }) => {
  const served = await request.get(`${addresses.publisher}/v1/openapi.json`);
  const document = (await served.json()) as { paths: Record<string, Record<string, { operationId: string }>> };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
  );
  await page.goto("/developers");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${operations.length} operations`);
  for (const { path, operationId } of operations) await expect(page.locator(`#${operationId}`)).toContainText(path);
  const publish = page.locator("#publishMessage");
  await publish.locator("summary").click();
  await expect(publish.getByRole("cell", { name: "waitFor" }).first()).toBeVisible();
  await expect(publish).toContainText("publish.send");
  const many = page.locator("#countRecipients");
  await many.locator("summary").click();
  await expect(many.getByRole("cell", { name: /clientIds/ }).first()).toBeVisible();
});
