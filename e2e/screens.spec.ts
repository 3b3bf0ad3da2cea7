import AxeBuilder from "@axe-core/playwright";
import type { Role } from "@/lib/rbac/permissions";
import { firstLoadBytes } from "./first-load";
import { expect, test } from "./operator-test";

/** Every screen, in both themes and on a phone: nothing a person with a screen reader, a small screen or the other language would stumble over. */

const SCREENS: [string, Role | null][] = [
  ["/sign-in", null],
  ["/overview", "oncall"],
  ["/presence", "support"],
  ["/publish", "engineer"],
  ["/diagnostics", "engineer"],
  ["/cluster", "oncall"],
  ["/alerts", "oncall"],
  ["/access", "admin"],
  ["/operators", "admin"],
  ["/audit", "auditor"],
  ["/account", "auditor"],
  ["/set-password", null],
];

const WITH_CHARTS = new Set(["/overview", "/cluster"]);

for (const [path, role] of SCREENS)
  test.describe(path, () => {
    test.use({ role });
    for (const [colorScheme, width] of [
      ["light", 1_280],
      ["dark", 360],
    ] as const)
      test(`has no accessibility fault in ${colorScheme}, ${width} px wide`, async ({ page }) => {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 740 });
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
        await page.waitForLoadState("load");
        const { violations } = await new AxeBuilder({ page })
          .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
          .analyze();
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`),
        ).toEqual([]);
      });

    test("fits a phone 360 px wide", async ({ page }) => {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      const overflow = await page.evaluate<number>(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });

    test("loads no more JavaScript than its budget", async ({ page }) => {
      await page.goto(path, { waitUntil: "load" });
      const bytes = await firstLoadBytes(page);
      test.info().annotations.push({ type: "first-load JavaScript", description: `${Math.round(bytes / 1_000)} kB` });
      expect(bytes).toBeGreaterThan(50_000);
      expect(bytes).toBeLessThanOrEqual(WITH_CHARTS.has(path) ? 300_000 : 200_000);
    });

    test("has all its words in Bahasa Indonesia, and no error in the console of a browser whose clock is ahead", async ({
      page,
      context,
      baseURL,
    }) => {
      // What the server just read is old to it: the first drawing has to be the server's all the same.
      await page.clock.setSystemTime(Date.now() + 60_000);
      const complaints: string[] = [];
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await context.addCookies([{ name: "locale", value: "id", url: baseURL ?? "" }]);
      await page.goto(path);
      await expect(page.locator("html")).toHaveAttribute("lang", "id");
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      // next-intl complains of a missing word in the console.
      expect(complaints).toEqual([]);
    });
  });
