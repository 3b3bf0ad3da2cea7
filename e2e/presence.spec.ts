import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "./operator-test";
import { deviceToken } from "./stack";
import { mosquittoSub, needsThirdPartyClients, type Running } from "./third-party";

test.use({ role: "support" });
needsThirdPartyClients();

let phone: Running;
let token: string;
const clientId = `find-${randomUUID().slice(0, 8)}`;
const person = `p-${clientId}`;
const digits = String(Math.floor(Math.random() * 9_000) + 1_000);

test.beforeAll(async () => {
  token = await deviceToken({
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

/** Fills in the box and waits for its answer: the list of the newest, there before, shows the phone too. */
async function askFor(page: Page, text: string, sentAs = text): Promise<void> {
  await page.goto("/presence");
  const answer = page.waitForResponse((response) => response.request().postData()?.includes(sentAs) ?? false);
  await page.getByRole("searchbox").fill(text);
  await answer;
}

async function search(page: Page, text: string, sentAs = text) {
  await askFor(page, text, sentAs);
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
  ["a part of a word of the name", "wardhani"],
  ["a word of the name with a slip", "Teodora"],
  ["the client id, in capitals", clientId.toUpperCase()],
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

test("a pasted token finds the client that signed in with it, and never leaves the browser", async ({ page }) => {
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  await search(page, `Bearer ${token}`, '"tokenHash":"');
  await expect(page.getByRole("searchbox")).toHaveValue("");
  expect(sent.join("\n")).not.toContain(token.slice(0, 40));
  expect(await page.evaluate<string>("JSON.stringify(history.state)")).not.toContain(token.slice(0, 40));
});

test("filters stand in the address, narrow the list, and go again", async ({ page }) => {
  await page.goto("/presence");
  await page.getByRole("button", { name: "App version" }).click();
  await page.getByRole("menuitemcheckbox", { name: /iOS/ }).click();
  await page.waitForURL(/platform=ios/);
  await expect(page.getByRole("row").filter({ hasText: "iOS" }).first()).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Android" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("row").filter({ hasText: "Android" })).toHaveCount(0);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Android" }).first()).toBeVisible();
  expect(new URL(page.url()).search).toBe("");
});

test("what was found is exported as CSV, its people masked", async ({ page }) => {
  await search(page, clientId);
  await page.getByRole("button", { name: "CSV" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("dialog").getByRole("button", { name: "Export" }).click(),
  ]);
  const csv = await readFile(await download.path(), "utf8");
  expect(csv.trim().split("\n")).toHaveLength(2);
  expect(csv).toContain(clientId);
  expect(csv).not.toContain("Kusumawardhani");
  await expect(page.getByText("One row was saved")).toBeVisible();
});

test("a row changes in place as its phone goes and comes, without another search", async ({ page }) => {
  const other = `row-${randomUUID().slice(0, 8)}`;
  const open = async () => {
    const running = mosquittoSub({ clientId: other, token, topicFilter: `lc/v1/clients/${other}/#` });
    await expect.poll(running.output).toContain("SUBACK");
    return running;
  };
  const first = await open();
  await askFor(page, other);
  await expect(page.getByRole("row").filter({ hasText: clientId })).toHaveCount(0);
  const row = page.getByRole("row").filter({ hasText: other });
  await expect(row).toContainText("Online");
  const searches: string[] = [];
  page.on("request", (request) => request.url().endsWith("/api/presence/search") && searches.push(request.url()));
  first.process.kill("SIGKILL");
  await expect(row).toContainText("Offline");
  const second = await open();
  await expect(row).toContainText("Online");
  second.process.kill("SIGKILL");
  await expect(row).toContainText("Offline");
  expect(searches).toEqual([]);
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
  await expect(page.getByText("Contoh A54").first()).toBeVisible();
  await expect(page.locator("main")).not.toContainText("Kusumawardhani");
});

test("a dialog gives the keyboard back to what opened it", async ({ page }) => {
  await page.goto(`/presence/${clientId}`);
  const openers = [
    page.getByRole("button", { name: "Show names and numbers" }),
    page.getByRole("button", { name: "Add note" }),
    page.getByRole("banner").getByRole("button", { name: "Find or do anything" }).first(),
  ];
  for (const opener of openers) {
    await opener.press("Enter");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(opener).toBeFocused();
  }
});

test("while a search is on its way nothing is said not to be found, nor the answer before to be its", async ({
  page,
}) => {
  await search(page, "Teodora");
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  await page.route("**/api/presence/search", async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest("**/api/presence/search");
  await page.getByRole("searchbox").fill(clientId);
  await asked;
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Teodora");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("kusuma");
  await expect(page.getByRole("dialog")).toContainText("Searching…");
  goOn();
  await expect(page.getByRole("option").filter({ hasText: clientId })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(clientId);
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
    await expect(
      page.getByRole("row").filter({ hasText: clientId }).filter({ hasText: "Looked at a client" }).first(),
    ).toBeVisible();
  });
  test("may not look at clients", async ({ page }) => {
    const response = await page.request.get(`/api/presence/${clientId}`);
    expect(response.status()).toBe(403);
  });
});
