import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "./operator-test";
import { deviceToken, thirdPartyClientsMissing } from "./stack";
import { mosquittoSub, type Running } from "./third-party";

test.use({ role: "support" });
const missing = thirdPartyClientsMissing();
test.skip(missing !== null, `SKIPPED: ${missing} could not be installed here`);

let phone: Running;
const clientId = `find-${randomUUID().slice(0, 8)}`;
const person = `p-${clientId}`;
const digits = String(Math.floor(Math.random() * 9_000) + 1_000);

test.beforeAll(async () => {
  const token = await deviceToken({
    person,
    name: "Théodora Kusumawardhani",
    phoneNumber: `+6281299${digits}77`,
    platform: "android",
    appVersion: "12.4.1",
    deviceModel: "Contoh A54",
  });
  phone = mosquittoSub({ clientId, token, topicFilter: `lc/v1/clients/${clientId}/#` });
  await expect.poll(phone.output).toContain("SUBACK");
});
test.afterAll(() => phone.process.kill("SIGKILL"));

async function search(page: Page, text: string) {
  await page.goto("/presence");
  await page.getByRole("searchbox").fill(text);
  const row = page.getByRole("row").filter({ hasText: clientId });
  await expect(row).toContainText("Online");
  return row;
}

const SHAPES: [string, string][] = [
  ["a word of the name, without its accent", "theodora"],
  ["two words in either order", "kusuma theo"],
  ["the phone number as people write it", `0812-99${digits.slice(0, 2)} ${digits.slice(2)}77`],
  ["the phone number's last digits", `${digits}77`],
  ["the person id", person],
  ["the client id", clientId],
  ["the beginning of the client id", clientId.slice(0, 11)],
];
for (const [shape, text] of SHAPES)
  test(`a client is found by ${shape}, its person masked`, async ({ page }) => {
    const row = await search(page, text);
    await expect(row).not.toContainText("Kusumawardhani");
    await expect(row).not.toContainText(`99${digits}`);
    // What is searched for is a person's data: it never stands in the address.
    expect(page.url()).not.toContain(text);
  });

test("a client's page says its state first, then since when, and its history; every look is recorded", async ({
  page,
}) => {
  await page.goto("/presence");
  await page.getByRole("searchbox").fill(clientId);
  await expect(page.getByRole("row").filter({ hasText: clientId })).toBeVisible();
  await page.getByRole("searchbox").press("Enter");
  await page.waitForURL(`**/presence/${clientId}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("phone is online, confirmed by the broker");
  await expect(page.getByText(/Online since/)).toBeVisible();
  await expect(page.getByText("Connected to sub-1").first()).toBeVisible();
  await expect(page.getByText("Contoh A54")).toBeVisible();
  await expect(page.locator("main")).not.toContainText("Kusumawardhani");
});

test("Verify now asks the broker, and the answer stands in the page and in the timeline", async ({ page }) => {
  await page.goto(`/presence/${clientId}`);
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(page.getByText("The broker confirms it")).toBeVisible();
  await expect(page.getByText("The broker was asked").first()).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "it confirmed: online" }).first()).toBeVisible();
});

test.describe("the auditor", () => {
  test.use({ role: "auditor" });
  test("sees who looked at the client", async ({ page }) => {
    await page.goto("/audit");
    await expect(page.getByRole("row").filter({ hasText: clientId }).first()).toContainText("Looked at a client");
  });
  test("may not look at clients", async ({ page }) => {
    const response = await page.request.get(`/api/presence/${clientId}`);
    expect(response.status()).toBe(403);
  });
});
