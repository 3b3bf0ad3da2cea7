import { expect, test } from "./operator-test";

test.use({ role: "admin" });

test("a network is blocked and the block lifted, and the tester tells which rule decides", async ({ page }) => {
  await page.goto("/access");
  const issuers = page.getByRole("region", { name: "Whose tokens we believe" });
  await expect(issuers.getByRole("row", { name: "practice.liveconnect.local" })).toContainText("answers");
  await page.getByRole("button", { name: "Block…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Network", { exact: true }).fill("198.51.100.7/24");
  await dialog.getByLabel("Reason").fill("tries tokens");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog).toContainText("Nobody is connected from there now");
  await dialog.getByRole("button", { name: "Block", exact: true }).click();
  const row = page.getByRole("listitem").filter({ hasText: "198.51.100.0/24" });
  await expect(row).toContainText("tries tokens");
  const tester = page.getByRole("region", { name: "May this client do this?" });
  await tester.getByLabel("Client").fill("nobody-1");
  await tester.getByLabel("Topic filter").fill("lc/v1/clients/somebody/inbox");
  await tester.getByRole("button", { name: "Test" }).click();
  await expect(tester).toContainText("The topics of another client (somebody)");
  await tester.getByLabel("Topic filter").fill("lc/v1/clients/nobody-1/inbox");
  await tester.getByRole("button", { name: "Test" }).click();
  await expect(tester).toContainText("Its own topics");
  if (process.env.E2E_SHOTS)
    for (const [name, width, colorScheme] of [
      ["light", 1280, "light"],
      ["dark", 1280, "dark"],
      ["phone", 360, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.E2E_SHOTS}/access-${name}.png`, fullPage: true });
    }
  await page.setViewportSize({ width: 1280, height: 900 });
  await row.getByRole("button", { name: "Lift the block of 198.51.100.0/24" }).click();
  await expect(row).toHaveCount(0);
});

test("a topic taken back from a role is given again by Undo", async ({ page }) => {
  await page.goto("/access");
  const panel = page.getByRole("region", { name: "Where roles may publish" });
  await panel.getByLabel("Topic filter").fill("e2e/undo/#");
  await panel.getByRole("button", { name: "Allow" }).click();
  const takeBack = panel.getByRole("button", { name: "Take back from engineer: publish e2e/undo/#" });
  await takeBack.click();
  await expect(takeBack).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(takeBack).toBeVisible();
  await takeBack.click();
  await expect(takeBack).toHaveCount(0);
});
