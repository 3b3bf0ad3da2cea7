import type { Browser, Page } from "@playwright/test";
import { expect } from "./operator-test";
import { addresses, secondEngineer } from "./stack";

/** Opens the form for many clients, with a payload of its own in it. */
export async function writeToMany(page: Page, word: string): Promise<void> {
  await page.goto("/publish");
  await expect(page.getByLabel("Topic name")).toHaveCount(1);
  await page.getByRole("button", { name: "Many clients" }).click();
  await page.getByRole("textbox", { name: /^payload/i }).fill(`{"word":"${word}","to":"{{clientId}}"}`);
}

/** Agrees to the number of clients the dialog names; gives it. */
export async function confirmSend(page: Page): Promise<number> {
  await page.getByRole("button", { name: /^Publish/ }).click();
  const submit = page.getByRole("dialog").getByRole("button", { name: /Publish to/ });
  const clients = Number(/\d+/.exec((await submit.textContent()) ?? "")?.[0] ?? 1);
  await submit.click();
  await expect(page).toHaveURL(/send=/);
  return clients;
}

/** A page of the second engineer, signed in. */
export async function signInAsSecond(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ baseURL: addresses.console, storageState: undefined });
  const { email, password } = secondEngineer();
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  return page;
}

/** Opens the newest send that waits for approval. */
export async function openWaiting(page: Page): Promise<void> {
  await page.goto("/publish");
  await page.getByRole("listitem").filter({ hasText: "Needs approval" }).first().getByRole("button").click();
}
