import { existsSync } from "node:fs";
import path from "node:path";
import { test as base, type Browser } from "@playwright/test";
import type { Role } from "@/lib/rbac/permissions";
import { addresses, dataFolder, operator } from "./stack";

/**
 * Playwright's test with a page that is signed in: `test.use({ role: "support" })` chooses as whom (an engineer unless
 * said, null: not signed in). Each role signs in once a run.
 */
export const test = base.extend<{ role: Role | null }>({
  role: ["engineer", { option: true }],
  storageState: async ({ role, browser }, provide) =>
    provide(role === null ? undefined : await sessionOf(role, browser)),
});

/** The file of a role's session, which is signed in once a run: a storage state of Playwright's. */
export async function sessionOf(role: Role, browser: Browser): Promise<string> {
  const file = path.join(dataFolder(), `e2e-session-${role}.json`);
  if (existsSync(file)) return file;
  const page = await browser.newPage({ baseURL: addresses.console, storageState: undefined });
  await page.goto("/sign-in");
  const { email, password } = operator(role);
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await page.context().storageState({ path: file });
  await page.context().close();
  return file;
}

export { expect } from "@playwright/test";
