import { expect, test } from "./operator-test";
import { watched } from "./watched-page";

/** What every page and answer tells the browser to guard, asked of the running console. */

test.use({ role: "admin" });

const PAGES = ["/sign-in", "/set-password", "/overview", "/presence", "/publish", "/operators", "/account", "/audit"];

for (const path of PAGES)
  test(`${path} runs no script but ours, by a nonce of its own, and stands in no frame`, async ({ page }) => {
    const [first, second] = [await page.request.get(path), await page.request.get(path)];
    const policy = first.headers()["content-security-policy"] ?? "";
    const directives = new Map(
      policy.split("; ").map((directive) => [directive.split(" ")[0] ?? "", directive.split(" ").slice(1)]),
    );
    const scripts = directives.get("script-src") ?? [];
    const nonce = scripts.find((source) => source.startsWith("'nonce-"));
    expect(nonce).toMatch(/^'nonce-[A-Za-z0-9+/]{22}=='$/);
    expect(second.headers()["content-security-policy"]).not.toContain(nonce ?? "");
    expect(scripts).not.toContain("'unsafe-inline'");
    expect(scripts).not.toContain("'unsafe-eval'");
    expect(directives.get("style-src")).not.toContain("'unsafe-inline'");
    expect(directives.get("default-src")).toEqual(["'self'"]);
    expect(directives.get("frame-ancestors")).toEqual(["'none'"]);
    expect(directives.get("object-src")).toEqual(["'none'"]);
    expect(directives.get("base-uri")).toEqual(["'none'"]);
    expect(first.headers()).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
    });
    expect(first.headers()["permissions-policy"]).toContain("camera=()");
    expect(first.headers()["x-powered-by"]).toBeUndefined();
    // Every script that came with the page carries the nonce.
    const html = await first.text();
    const bare = [...html.matchAll(/<script(?![^>]*nonce=)[^>]*>/g)].map(([tag]) => tag);
    expect(bare).toEqual([]);
  });

test("a script that got into a page does not run, and is told", async ({ page }) => {
  const told = await watched(page);
  await page.goto("/operators");
  const ran = await page.evaluate<boolean>(`new Promise((resolve) => {
    const box = document.createElement("div");
    box.innerHTML = '<img src="x" onerror="window.injected = true">';
    document.body.append(box);
    setTimeout(() => resolve("injected" in window), 500);
  })`);
  expect(ran).toBe(false);
  expect(await told()).toEqual([expect.stringContaining("/operators: script-src-attr inline")]);
});

const SCREENS = [...PAGES, "/diagnostics", "/cluster", "/alerts", "/access", "/developers"];

test("no page breaks its own policy in either theme, nor a dialog, the palette or a toast", async ({ page }) => {
  const told = await watched(page);
  for (const path of SCREENS) {
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    await page.emulateMedia({ colorScheme: "dark" });
  }
  await page.goto("/access");
  await page.getByRole("button", { name: "Block…" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  // What keeps the page behind it from scrolling is a style element, made with the page's nonce.
  await expect(page.locator("body")).toHaveCSS("overflow", "hidden");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  const toast = '{ detail: { status: "online", words: { title: "A toast" }, durationMs: 5000 } }';
  await page.evaluate(`window.dispatchEvent(new CustomEvent("liveconnect:toast", ${toast}))`);
  await expect(page.getByText("A toast")).toBeVisible();
  expect(await told()).toEqual([]);
});

test("an answer of the API is kept by nobody", async ({ page }) => {
  const response = await page.request.get("/api/account");
  expect(response.headers()).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
});
