import { expect, test } from "./operator-test";
import { addresses, operator } from "./stack";

test.use({ role: null });

test("nobody sees a page without signing in, and signing in leads back to it", async ({ page }) => {
  await page.goto("/cluster");
  await page.waitForURL(/\/sign-in/);
  const { email, password } = operator("oncall");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/cluster/);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("a wrong password is refused in words that do not tell which part was wrong, and guessing is slowed", async ({
  page,
}) => {
  await page.goto("/sign-in");
  const attempt = async (email: string) => {
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  const refusal = page.getByText("do not belong together");
  const email = `guess-${Date.now()}@practice.local`;
  await attempt(email);
  await expect(refusal).toBeVisible();
  const wait = page.getByText(/Too many tries; wait/).first();
  for (let tries = 0; tries < 12 && !(await wait.isVisible()); tries += 1) {
    await attempt(email);
    await expect(refusal.or(wait)).toBeVisible();
  }
  await expect(wait).toBeVisible();
});

test("a password that could not be checked is not blamed on the network, nor a lost network on us", async ({
  page,
}) => {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill("somebody@practice.local");
  await page.getByLabel("Password", { exact: true }).fill("any password");
  const submit = page.getByRole("button", { name: "Sign in" });
  await page.route("**/api/auth/callback/credentials", (route) => route.fulfill({ status: 500, json: {} }));
  await submit.click();
  await expect(page.getByText("We cannot check passwords just now.")).toBeVisible();
  await page.unrouteAll();
  await page.route("**/api/auth/callback/credentials", (route) => route.abort());
  await submit.click();
  await expect(page.getByText("The console cannot be reached.")).toBeVisible();
});

test("the staff API answers nobody who has not signed in, and takes no change from another origin", async ({
  page,
  request,
}) => {
  expect((await request.get("/api/presence/any")).status()).toBe(401);
  expect((await request.get("/api/events")).status()).toBe(401);
  const { email, password } = operator("engineer");
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  const data = { to: { topicName: "a/b" }, payload: "x", qos: 0 };
  const foreign = await page.request.post("/api/publish", { headers: { origin: "https://evil.example" }, data });
  expect(foreign.status()).toBe(403);
  const own = await page.request.post("/api/publish", { headers: { origin: addresses.console }, data });
  expect(own.ok()).toBe(true);
});

test("signing out ends the session", async ({ page }) => {
  const { email, password } = operator("engineer");
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await page.getByRole("button", { name: /engineer/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
  await page.goto("/overview");
  await page.waitForURL(/\/sign-in/);
});
