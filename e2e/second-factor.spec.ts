import type { Browser, Page } from "@playwright/test";
import { TOTP } from "otpauth";
import { expect, test } from "./operator-test";
import { addresses } from "./stack";

/** Someone of the staff sets up a second factor, comes in with it, loses it. */

test.use({ role: "admin" });

const password = "seven lamps by the sea";
const STEP_MS = 30_000;

const strangersPage = (browser: Browser): Promise<Page> =>
  browser.newPage({ baseURL: addresses.console, storageState: undefined });

/** A page where e-mail and password were right and the code is asked for. */
async function atTheCode(browser: Browser, email: string): Promise<Page> {
  const page = await strangersPage(browser);
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.locator("form button[type=submit]").click();
  await expect(page.getByLabel("Code")).toBeFocused();
  return page;
}

const give = async (page: Page, code: string): Promise<void> => {
  await page.getByLabel("Code").fill(code);
  await page.locator("form button[type=submit]").click();
};
const panelOf = (page: Page) => page.getByRole("region", { name: "Second factor" });
const isIn = (page: Page) => page.waitForURL((url) => url.pathname !== "/sign-in");
const isRefused = (page: Page) => expect(page.getByText("do not go together, or the code was used")).toBeVisible();

test("a second factor is set up on the account page, asked for at sign-in, each code taken once, and taken away by an administrator", async ({
  page: admins,
  browser,
}) => {
  const email = `ayu-${Date.now().toString(36)}@test.example`;
  const invited = await admins.request.post("/api/operators", {
    headers: { origin: addresses.console },
    data: { email, name: "Ayu Lestari", role: "support" },
  });
  // The stack's mail server belongs to another spec and is away, so the link is told.
  const { link, operatorId } = (await invited.json()) as { link: string; operatorId: string };
  const first = await strangersPage(browser);
  await first.goto(link);
  await first.getByLabel("New password").fill(password);
  await first.getByRole("button", { name: "Set password" }).click();
  await first.getByRole("link", { name: "Sign in" }).click();
  await first.getByLabel("E-mail").fill(email);
  await first.locator("input[name=password]").fill(password);
  await first.locator("form button[type=submit]").click();
  await isIn(first);

  await first.goto("/account");
  await first.getByRole("button", { name: "Set it up" }).click();
  const dialog = first.getByRole("dialog");
  await dialog.getByLabel("Your password").fill("not this one");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByText("Your password is another one")).toBeVisible();
  await dialog.getByLabel("Your password").fill(password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByRole("img", { name: "QR picture" })).toBeVisible();
  const key = (await dialog.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent()) ?? "";
  const app = new TOTP({ secret: key.replaceAll(" ", "") });
  const enrolledWith = app.generate();
  await dialog.getByLabel("Code").fill(enrolledWith);
  await dialog.getByRole("button", { name: "Turn it on" }).click();
  const shown = dialog.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(shown).toHaveCount(10);
  const codes = await shown.allTextContents();
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await expect(panelOf(first)).toContainText("10 recovery codes are left");

  const second = await atTheCode(browser, email);
  await give(second, enrolledWith);
  await isRefused(second);
  const next = app.generate({ timestamp: Date.now() + STEP_MS });
  await give(second, next);
  await isIn(second);

  const third = await atTheCode(browser, email);
  await give(third, next);
  await isRefused(third);
  await give(third, codes[0] ?? "");
  await isIn(third);
  await third.goto("/account");
  await expect(panelOf(third)).toContainText("9 recovery codes are left");
  await expect(third.getByRole("cell", { name: "refused: a code used before" }).first()).toBeVisible();

  await admins.goto(`/operators/${operatorId}`);
  await admins.getByRole("button", { name: "More for Ayu Lestari" }).click();
  await admins.getByRole("menuitem", { name: "Take away the second factor" }).click();
  await admins.getByRole("button", { name: "Take it away" }).click();
  await expect.poll(async () => (await third.request.get("/api/account")).status()).toBe(401);
  await third.goto("/sign-in");
  await third.getByLabel("E-mail").fill(email);
  await third.locator("input[name=password]").fill(password);
  await third.locator("form button[type=submit]").click();
  await isIn(third);
  for (const page of [first, second, third]) await page.close();
});
