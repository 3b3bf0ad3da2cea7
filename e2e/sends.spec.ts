import { randomUUID } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./operator-test";
import { confirmSend, openWaiting, signInAsSecond, writeToMany } from "./send-to-many";
import { addresses, secrets } from "./stack";

test("a send to most of the fleet waits for a second engineer, who reads and approves it; both then see it finish", async ({
  page,
  browser,
}) => {
  const word = randomUUID();
  await writeToMany(page, word);
  await expect(page.getByLabel("Who would get it")).toContainText(/\d+ clients, each to its inbox/);
  const clients = await confirmSend(page);
  expect(clients).toBeGreaterThan(5);
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toContainText("once a second engineer approves");
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Cancel the send" })).toBeVisible();

  const second = await signInAsSecond(browser);
  await openWaiting(second);
  const theirs = second.getByRole("heading", { level: 1 });
  await expect(theirs).toContainText(`asks to publish this to ${clients} clients`);
  await second.getByRole("button", { name: "Show", exact: true }).click();
  await expect(second.getByText(word)).toBeVisible();
  await second.getByRole("button", { name: `Approve for ${clients} clients` }).click();
  await expect(theirs).toContainText(`The broker has it for ${clients} clients`);
  // told by the live stream, without a reload
  await expect(heading).toContainText(`The broker has it for ${clients} clients`);
  await expect(page.getByText("approved by Endah Engineer")).toBeVisible();
  await second.close();
});

for (const colorScheme of ["light", "dark"] as const)
  test(`the form for many clients and a send fit a phone and have no accessibility fault in ${colorScheme}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width: 360, height: 740 });
    await writeToMany(page, randomUUID());
    await expect(page.getByLabel("Who would get it")).toContainText(/clients, each to its inbox/);
    await confirmSend(page);
    await expect(page.getByRole("button", { name: "Cancel the send" })).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "Needs approval" }).first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`),
    ).toEqual([]);
    const overflow = await page.evaluate<number>(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    expect(overflow).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Cancel the send" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel the send" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Cancelled after");
  });

test("a slow send to a pasted list is paused, goes on, and is cancelled", async ({ page }) => {
  const online = await page.request.post("/api/presence/search", {
    headers: { origin: addresses.console },
    data: { text: "", limit: 4, filters: { states: ["online"] } },
  });
  const { clients } = (await online.json()) as { clients: { clientId: string }[] };
  await writeToMany(page, randomUUID());
  await page.getByRole("button", { name: "A pasted list" }).click();
  const list = page.getByLabel("Client identifiers");
  await list.fill("not/one");
  await expect(page.getByText("“not/one” is no client identifier")).toBeVisible();
  await list.fill([...clients.map(({ clientId }) => clientId), "never-seen-here"].join("\n"));
  await page.getByLabel("Messages a second, at most").fill("1");
  await expect(page.getByLabel("Who would get it")).toContainText("One on the list never connected");
  expect(await confirmSend(page)).toBe(4);
  await page.getByRole("button", { name: "Pause" }).click();
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toContainText("Paused");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Cancel the send" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the send" }).click();
  await expect(heading).toContainText("Cancelled after");
  await expect(page.getByRole("listitem").filter({ hasText: "Cancelled" }).first()).toContainText("4 clients");
});

test("a service sends to many by its key, and asks how far it is", async ({ request }) => {
  const headers = { authorization: `Bearer ${secrets().practiceApiKey}`, "idempotency-key": randomUUID() };
  const data = { to: { clients: { states: ["online"], platforms: ["android"] } }, payload: "to each" };
  const started = await request.post(`${addresses.publisher}/v1/messages`, { headers, data });
  expect(started.status()).toBe(202);
  const { messageId } = (await started.json()) as { messageId: string };
  await expect
    .poll(async () => (await request.get(`${addresses.publisher}/v1/messages/${messageId}`, { headers })).json())
    .toMatchObject({ sendId: messageId, state: "finished", failed: 0 });
});
