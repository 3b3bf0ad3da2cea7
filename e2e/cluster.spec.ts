import type { APIRequestContext, Page } from "@playwright/test";
import { expect, test } from "./operator-test";
import { addresses } from "./stack";

test.use({ role: "oncall" });
// One node after the other, and the cluster whole again after each.
test.describe.configure({ mode: "default", timeout: 120_000 });

/** Of real time, from the fault to the word. */
const SEEN_WITHIN = { timeout: 10_000 };
const WHOLE_AGAIN = { timeout: 30_000 };

const answerOf = (page: Page) => page.getByRole("heading", { level: 1 });
const fault = (request: APIRequestContext, what: string) => request.post(`${addresses.faults}/nodes/${what}`);

/** The cluster page once its charts are drawn, which only a live page does. A line needs two points: M…L…. */
async function openCluster(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator(".recharts-line-curve").first()).toHaveAttribute("d", /^M.*L/, WHOLE_AGAIN);
}

/** Cluster and Overview beside one another, both whole. */
async function bothPages(page: Page): Promise<[Page, Page]> {
  const overview = await page.context().newPage();
  await Promise.all([page.goto("/cluster"), overview.goto("/overview")]);
  // Told of changes as they come.
  for (const one of [page, overview]) await expect(one.getByText(/^Live ·/).first()).toBeVisible(WHOLE_AGAIN);
  await expect(answerOf(page)).toContainText("All 3 nodes are healthy", WHOLE_AGAIN);
  await expect(answerOf(overview)).toContainText("All 3 nodes", WHOLE_AGAIN);
  return [page, overview];
}

const bothSay = (pages: readonly Page[], what: RegExp, within: { timeout: number }) =>
  Promise.all(pages.map((page) => expect(answerOf(page)).toContainText(what, within)));

test("Overview says how the cluster is, with figures that explain themselves", async ({ page }) => {
  await page.goto("/overview");
  await expect(answerOf(page)).toContainText(
    /All 3 nodes (are healthy|answer) and \d+ clients? (is|are) online/,
    WHOLE_AGAIN,
  );
  for (const node of ["sub-1", "sub-2", "pub-1"])
    await expect(page.getByText(node, { exact: true }).first()).toBeVisible();
  const tile = page.getByRole("region", { name: "Connects", exact: true });
  const opener = tile.getByRole("button");
  // A click before the page is alive is lost.
  await expect(async () => {
    if ((await opener.getAttribute("aria-expanded")) === "false") await opener.click();
    await expect(tile.getByRole("term").filter({ hasText: "sub-1" })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
  await expect(tile.getByText("mqtt_connect_received").last()).toBeVisible();
  await opener.press("Escape");
  await expect(tile.getByRole("term")).toHaveCount(0);
});

test("Cluster draws each node over time; a stretch is zoomed into by dragging, a comparison stands in the URL", async ({
  page,
}) => {
  await openCluster(page, "/cluster");
  await expect(page.getByRole("region", { name: "Publisher nodes" }).getByRole("row", { name: /pub-1/ })).toBeVisible();
  await page.getByLabel("Compare with").selectOption("yesterday");
  await expect(page).toHaveURL(/compare=yesterday/);
  const plot = page.getByRole("slider", { name: /^Clients\./ });
  const box = await plot.boundingBox();
  if (!box) throw new Error("The chart of clients has no place");
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*to=/);
  await page.reload();
  await expect(page.getByRole("button", { name: /Back to the whole range/ })).toBeVisible();
  await page.goBack();
  await expect(page).not.toHaveURL(/from=/);
});

test("a mark stands as a line on the charts until it is removed", async ({ page }) => {
  const title = `gateway ${Date.now() % 100_000}`;
  await openCluster(page, "/cluster");
  await page.getByRole("button", { name: "Add a mark" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(title);
  await page.getByRole("dialog").getByRole("button", { name: "Add mark" }).click();
  await expect(page.locator(".vt", { hasText: title })).toBeVisible();
  // The list of what happened is below the fold, and loaded when the reader comes near.
  await page.keyboard.press("End");
  await page.getByRole("button", { name: `Remove the mark ${title}` }).click();
  await expect(page.getByText(title)).toHaveCount(0);
});

test("a node that dies, freezes or loses sight of the others is named within 10 s, and its return too", async ({
  page,
  request,
}) => {
  const pages = await bothPages(page);
  for (const { begin, end, said } of [
    { begin: "sub-2/kill", end: "sub-2/start", said: /sub-2/ },
    { begin: "sub-2/freeze", end: "sub-2/thaw", said: /sub-2/ },
  ]) {
    await fault(request, begin);
    try {
      await bothSay(pages, said, SEEN_WITHIN);
    } finally {
      await fault(request, end);
    }
    await bothSay(pages, /All 3 nodes/, WHOLE_AGAIN);
  }
  await request.post(`${addresses.faults}/netsplit`, { data: { groups: [["sub-1"], ["sub-2", "pub-1"]] } });
  try {
    await bothSay(pages, /split/, SEEN_WITHIN);
  } finally {
    await request.delete(`${addresses.faults}/netsplit`);
  }
  await bothSay(pages, /All 3 nodes/, WHOLE_AGAIN);
});

test("Overview names the gravest open alert and leads to it, and shows a moment of the past as it was", async ({
  page,
  request,
}) => {
  await page.goto("/overview");
  await expect(answerOf(page)).toContainText("All 3 nodes", WHOLE_AGAIN);
  await request.post(`${addresses.faults}/nodes/pub-1/stop`);
  try {
    const named = page.getByRole("link", { name: /pub-1 is down/ }).first();
    await expect(named).toHaveAttribute("href", /^\/alerts\//, { timeout: 20_000 });
  } finally {
    await request.post(`${addresses.faults}/nodes/pub-1/start`);
  }
  // The node is well before its alert has ended: as long as it is open, something needs somebody.
  await expect(answerOf(page)).toContainText(/All 3 nodes .* Open alert: pub-1 is down/, WHOLE_AGAIN);
  await expect(answerOf(page)).toContainText("Nothing needs you.", { timeout: 60_000 });
  // An alert ends some time after its cause has: by now the nodes were well five seconds ago.
  await page.goto(`/overview?at=${new Date(Date.now() - 5_000).toISOString()}`);
  await expect(page.getByRole("region", { name: "Time travel" }).getByText(/^As it was on/)).toBeVisible();
  await expect(answerOf(page)).toContainText(/nodes were healthy and \d+ clients? (was|were) online/);
  // The page came with its button; it acts once the page's code has come too.
  await expect(async () => {
    if (page.url().includes("at=")) await page.getByRole("button", { name: "Back to now" }).click({ timeout: 1_000 });
    await expect(page).not.toHaveURL(/at=/, { timeout: 1_000 });
  }).toPass();
});

test("the lens says what a wave has in common, and the page shows a moment of the past as it was", async ({ page }) => {
  await openCluster(page, "/cluster?range=1h");
  await page.getByRole("button", { name: "What do these have in common?" }).first().click();
  const lens = page.getByRole("region", { name: "What do these disconnects have in common?" });
  await expect(lens.getByText(/endings? of|No session ended/)).toBeVisible({ timeout: 20_000 });
  await expect(page).toHaveURL(/wave=disconnects/);
  await lens.getByRole("button", { name: "Close" }).click();
  await page.goto(`/cluster?at=${new Date(Date.now() - 20_000).toISOString()}`);
  await expect(page.getByRole("region", { name: "Time travel" }).getByText(/^As it was on/)).toBeVisible();
  await expect(page.getByRole("slider", { name: "Moment of the last 30 days" })).toBeVisible();
  // The page came with its button; it acts once the page's code has come too.
  await expect(async () => {
    if (page.url().includes("at=")) await page.getByRole("button", { name: "Back to now" }).click({ timeout: 1_000 });
    await expect(page).not.toHaveURL(/at=/, { timeout: 1_000 });
  }).toPass();
  await expect(answerOf(page)).toContainText("All 3 nodes are healthy", WHOLE_AGAIN);
});

test("a node's page says how it is, where it listens and whom it sees", async ({ page }) => {
  await page.goto("/cluster/sub-1");
  await expect(answerOf(page)).toContainText("sub-1 is up");
  await expect(page.getByRole("region", { name: "Listeners" }).getByRole("row", { name: /mqtt/ }).first()).toBeVisible({
    timeout: 20_000,
  });
  await expect(page.getByRole("region", { name: "Peers it sees" }).getByRole("link", { name: "sub-2" })).toBeVisible();
});
