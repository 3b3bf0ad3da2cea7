import { expect, test } from "./operator-test";
import { addresses } from "./stack";

test.use({ role: "oncall" });

test("Overview says how the cluster is, with figures the broker gave", async ({ page }) => {
  await page.goto("/overview");
  const answer = page.getByRole("heading", { level: 1 });
  await expect(answer).toContainText(/All 3 nodes (are healthy|answer) and \d+ clients? (is|are) online/, {
    timeout: 30_000,
  });
  for (const node of ["sub-1", "sub-2", "pub-1"])
    await expect(page.getByText(node, { exact: true }).first()).toBeVisible();
  await expect(page.getByText("mqtt_connect_received")).toBeVisible();
});

test("Cluster draws each node's connections over time", async ({ page }) => {
  await page.goto("/cluster");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("All 3 nodes are healthy");
  // A line needs two points: M…L….
  await expect(page.locator(".recharts-line-curve").first()).toHaveAttribute("d", /^M.*L/, { timeout: 20_000 });
  const publishers = page.getByRole("region", { name: "Publisher nodes" });
  await expect(publishers.getByRole("row").filter({ hasText: "pub-1" })).toBeVisible();
  await page
    .getByRole("button", { name: "6 h" })
    .or(page.getByRole("radio", { name: "6 h" }))
    .first()
    .click();
  await expect(page).toHaveURL(/6h/);
});

test("a node that dies is named within seconds, its clients are unknown, and all is well when it is back", async ({
  page,
  request,
}) => {
  await page.goto("/overview");
  const answer = page.getByRole("heading", { level: 1 });
  await expect(answer).toContainText("All 3 nodes", { timeout: 30_000 });
  await request.post(`${addresses.faults}/nodes/sub-2/kill`);
  try {
    await expect(answer).toContainText("sub-2", { timeout: 10_000 });
  } finally {
    await request.post(`${addresses.faults}/nodes/sub-2/start`);
  }
  await expect(answer).toContainText("All 3 nodes", { timeout: 20_000 });
});
