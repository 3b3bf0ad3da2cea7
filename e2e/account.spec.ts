import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "@playwright/test";
import { expect, test } from "./operator-test";
import { addresses, operator } from "./stack";

/** Staff as they come, go and are let in: sessions, invitations, roles of one's own, names shown whole. */

/** A browser of its own that signs in anew, so that ending its session ends nobody else's. */
async function freshPage(browser: Browser, who: { email: string; password: string }) {
  const page = await browser.newPage({ baseURL: addresses.console, storageState: undefined });
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill(who.email);
  await page.locator("input[name=password]").fill(who.password);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  return page;
}

const origin = { origin: addresses.console };

test.describe("sessions", () => {
  test.use({ role: "support" });

  test("a copied cookie is worth nothing after its browser signed out", async ({ browser }) => {
    const page = await freshPage(browser, operator("support"));
    const thief = await browser.newContext({
      baseURL: addresses.console,
      storageState: await page.context().storageState(),
    });
    expect((await thief.request.get("/api/account")).status()).toBe(200);
    await page.getByRole("button", { name: /, support/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.waitForURL(/\/sign-in/);
    expect((await thief.request.get("/api/account")).status()).toBe(401);
    await thief.close();
    await page.close();
  });

  test("one device ends another's session, whose event stream closes within 30 s", async ({ browser, page }) => {
    const other = await freshPage(browser, operator("support"));
    // Read in the browser, where no type of ours reaches: how long until the stream ends.
    const closed = other.evaluate<number>(`(async () => {
      const began = Date.now();
      const reader = (await fetch("/api/events")).body.getReader();
      while (!(await reader.read()).done);
      return Date.now() - began;
    })()`);
    const own = (await (await other.request.get("/api/account")).json()) as {
      sessions: { id: string; isOwn: boolean }[];
    };
    const sessionId = own.sessions.find(({ isOwn }) => isOwn)?.id;
    await page.goto("/account");
    await expect(page.getByText("this one")).toBeVisible();
    const ended = await page.request.post("/api/account/sessions/end", { headers: origin, data: { sessionId } });
    expect(await ended.json()).toEqual({ ended: 1 });
    expect((await other.request.get("/api/account")).status()).toBe(401);
    // The page leaves for the sign-in page by itself, or its stream is told to end.
    expect(await closed.catch(() => 0)).toBeLessThan(30_000);
    await other.close();
  });

  test("all others end only once it was said how many", async ({ browser, page }) => {
    const other = await freshPage(browser, operator("support"));
    await page.goto("/account");
    const ask = page.getByRole("button", { name: "End all others" });
    await ask.click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText(/\d+ sessions? ends? at once/);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(ask).toBeFocused();
    expect((await other.request.get("/api/account")).status()).toBe(200);
    await ask.click();
    await dialog.getByRole("button", { name: "End all others" }).click();
    await expect(dialog).toBeHidden();
    expect((await other.request.get("/api/account")).status()).toBe(401);
    await other.close();
  });
});

test.describe("an invitation", () => {
  test.use({ role: "admin" });

  test("leads to a password by a link shown once, and to a role made here that is held to its list", async ({
    page,
    browser,
  }) => {
    const word = Date.now().toString(36);
    const roleName = `Desk ${word}`;
    await page.goto("/operators");
    await page.getByRole("button", { name: "Make a role" }).click();
    await page.getByLabel("Name", { exact: true }).fill(roleName);
    await page.getByLabel("See who is connected").check();
    await page.getByRole("button", { name: "Make the role" }).click();
    await expect(page.getByRole("columnheader", { name: roleName })).toBeVisible();

    await page.getByRole("button", { name: "Invite someone" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Dewi Anggraini");
    const email = `dewi-${word}@test.example`;
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Role", { exact: true }).selectOption(roleName);
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    // The stack's mail server belongs to another spec and is away, so the link is shown.
    const link = await page.getByText(/\/set-password#/).textContent();
    await page.getByRole("button", { name: "Done" }).click();

    const theirs = await browser.newPage({ storageState: undefined });
    await theirs.goto(link?.trim() ?? "");
    const password = "seven lamps by the sea";
    const field = theirs.getByLabel("New password");
    await field.fill("password123456");
    await expect(theirs.getByRole("status").getByText("passwords that leaked")).toBeVisible();
    await theirs.getByRole("button", { name: "Set password" }).click();
    await expect(field).toHaveJSProperty("validity.customError", true);
    // What only the server knows of this link's owner.
    await field.fill("where dewi anggraini sails");
    await theirs.getByRole("button", { name: "Set password" }).click();
    await expect(theirs.getByText("your name, your e-mail or the product's name is in it")).toBeVisible();
    await field.fill(password);
    await expect(theirs.getByRole("meter", { name: "Strength" })).toHaveAttribute("aria-valuetext", "Strong");
    await theirs.getByRole("button", { name: "Set password" }).click();
    await expect(theirs.getByText(`Sign in with ${email}`)).toBeVisible();
    await theirs.goto(link?.trim() ?? "");
    await theirs.reload();
    await theirs.getByLabel("New password").fill(password);
    await theirs.getByRole("button", { name: "Set password" }).click();
    await expect(theirs.getByText("This link was used")).toBeVisible();
    await theirs.close();

    const dewi = await freshPage(browser, { email, password });
    await expect(dewi.getByRole("link", { name: "Presence" })).toBeVisible();
    await expect(dewi.getByRole("link", { name: "Cluster" })).toHaveCount(0);
    expect((await dewi.request.get("/api/cluster/nodes")).status()).toBe(403);
    expect((await dewi.request.post("/api/presence/search", { headers: origin, data: {} })).status()).toBe(200);

    // Closing the account ends her session at once.
    await page.goto("/operators");
    await page.getByRole("row", { name: email }).getByRole("link").click();
    await page.getByRole("button", { name: /More for/ }).click();
    await page.getByRole("menuitem", { name: "Close the account" }).click();
    await page.getByRole("button", { name: "Close the account" }).click();
    await expect(page.getByText("closed", { exact: false }).first()).toBeVisible();
    await expect.poll(async () => (await dewi.request.get("/api/account")).status()).toBe(401);
    await dewi.close();
  });
});

test.describe("names and numbers", () => {
  test.use({ role: "support" });

  test("are masked until they are shown for a ticket, on every page, and can be masked again", async ({ browser }) => {
    // A session of its own: what it sees whole, the run's shared one must not.
    const page = await freshPage(browser, operator("support"));
    await page.goto("/presence");
    await expect(page.locator("tbody .masked").first()).toBeVisible();
    await page.getByRole("button", { name: "Show names and numbers" }).click();
    await page.getByLabel("What for").fill("Calls back about an order");
    await page.getByLabel("Ticket", { exact: true }).fill("SUP-1042");
    await page.getByRole("button", { name: "Show them" }).click();
    await expect(page.getByText("Names and numbers are whole until")).toBeVisible();
    await expect(page.locator("tbody .masked")).toHaveCount(0);
    await page.getByRole("button", { name: "Mask now" }).click();
    await expect(page.locator("tbody .masked").first()).toBeVisible();
    await page.close();
  });

  test("are shown in an emergency by one sentence, of which everyone is told by an alert", async ({ browser }) => {
    const page = await freshPage(browser, operator("support"));
    await page.goto("/presence");
    await page.getByRole("button", { name: "Show names and numbers" }).click();
    await page.getByText("Emergency, no ticket").click();
    await page.getByLabel("What for").fill("Ambulance on the line");
    await page.getByRole("button", { name: "Break the glass" }).click();
    await expect(page.getByText("Glass broken")).toBeVisible();
    const oncall = await freshPage(browser, operator("oncall"));
    await oncall.goto("/alerts");
    await expect(oncall.getByText("Glass is broken").first()).toBeVisible({ timeout: 20_000 });
    await oncall.close();
    await page.getByRole("button", { name: "Mask now" }).click();
    const admin = await freshPage(browser, operator("admin"));
    await admin.goto("/operators");
    await expect(admin.getByRole("row", { name: /Ambulance on the line/ }).first()).toContainText("waits");
    await admin.close();
    await page.close();
  });
});

test.describe("another site", () => {
  let hook: Server | undefined;
  test.afterAll(() => void hook?.close());

  test("changes nothing with the cookie of someone who visits it", async ({ page }) => {
    hook = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end(
        `<form method="post" action="${addresses.console}/api/account/mask" enctype="text/plain"><button>x</button></form>`,
      );
    });
    await new Promise<void>((resolve) => hook?.listen(0, "127.0.0.1", resolve));
    await page.goto(`http://127.0.0.1:${(hook.address() as AddressInfo).port}/`);
    const answered = page.waitForResponse((response) => response.url().endsWith("/api/account/mask"));
    await page.getByRole("button").click();
    expect((await answered).status()).toBe(403);
  });
});
