import { fork, type ChildProcess } from "node:child_process";
import type { Page } from "@playwright/test";
import { startForgingProvider } from "./forging-provider";
import { expect, test } from "./operator-test";
import { addresses, identityProviderPort } from "./stack";

/** Signing in at a real provider, a process of its own, and back; the console discovers it when it is first asked for. */

test.use({ role: null });
test.describe.configure({ mode: "serial" });

let provider: ChildProcess | undefined;

const startProvider = async (): Promise<ChildProcess> => {
  const child = fork("e2e/identity-provider.ts", [String(identityProviderPort), addresses.console], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", (code) => reject(new Error(`The provider ended with exit code ${code}`)));
  });
  return child;
};

test.afterAll(() => void provider?.kill());

const leave = (page: Page) => page.getByRole("button", { name: "Continue with Practice ID" }).click();

async function signInThere(page: Page, login: string): Promise<void> {
  await page.waitForURL(/\/interaction\//);
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("anything");
  await page.locator("button[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("a provider that does not answer is told plainly, and passwords still work", async ({ page }) => {
  await page.goto("/sign-in");
  await leave(page);
  await expect(page.getByText("The identity provider does not answer")).toBeVisible();
  provider = await startProvider();
});

test("signing in there leads back to the page that was asked for, with the role of one's group", async ({ page }) => {
  await page.goto("/alerts");
  await page.waitForURL(/\/sign-in/);
  await leave(page);
  await signInThere(page, "rani");
  await page.waitForURL((url) => url.pathname === "/alerts");
  await page.getByRole("button", { name: "Rani Wijaya, on call" }).click();
  await page.getByRole("menuitem", { name: "Your account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Rani Wijaya, on call");
  await expect(page.getByText("by the provider").first()).toBeVisible();
  const { cookies } = await page.context().storageState();
  const session = cookies.find(({ name }) => name === "liveconnect.session");
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
});

test("someone in no group of ours is told so, and is not signed in", async ({ page }) => {
  await page.goto("/sign-in");
  await leave(page);
  await signInThere(page, "tamu");
  await expect(page.getByText("You are in no group that has a role here")).toBeVisible();
  expect((await page.request.get("/api/account")).status()).toBe(401);
});

test("an e-mail that the provider does not vouch for makes no account", async ({ page }) => {
  await page.goto("/sign-in");
  await leave(page);
  await signInThere(page, "wati");
  await expect(page.getByText("Your e-mail is not verified there")).toBeVisible();
});

test("an answer that this browser did not ask for is not trusted", async ({ page }) => {
  await page.goto("/api/auth/callback/oidc?code=stolen&state=forged");
  await expect(page.getByText("could not be trusted")).toBeVisible();
  expect((await page.request.get("/api/account")).status()).toBe(401);
});

test("whoever says no there comes back to the sign-in page", async ({ page }) => {
  await page.goto("/sign-in");
  await leave(page);
  await page.waitForURL(/\/interaction\//);
  await page.getByText("[ Cancel ]").click();
  await expect(page.getByText("did not sign you in")).toBeVisible();
});

test("an ID token with anything wrong about it lets nobody in, and a right one does", async ({ browser }) => {
  await new Promise((resolve) => {
    provider?.once("exit", resolve);
    provider?.kill();
  });
  const { server, setFlaw } = await startForgingProvider(identityProviderPort);
  try {
    for (const flaw of [
      "nonce",
      "audience",
      "issuer",
      "expired",
      "signature",
      "algorithm",
      "subject of user info",
    ] as const) {
      setFlaw(flaw);
      const page = await browser.newPage({ baseURL: addresses.console, storageState: undefined });
      await page.goto("/sign-in");
      await leave(page);
      await expect(page.getByText("could not be trusted"), flaw).toBeVisible();
      expect((await page.request.get("/api/account")).status(), flaw).toBe(401);
      await page.close();
    }
    setFlaw("none");
    const page = await browser.newPage({ baseURL: addresses.console, storageState: undefined });
    await page.goto("/sign-in");
    await leave(page);
    await expect(page.getByRole("button", { name: "Budi Santoso, on call" })).toBeVisible();
    await page.close();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
