import { randomUUID } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { firstLoadBytes } from "./first-load";
import { expect, test } from "./operator-test";
import { addresses, deviceToken } from "./stack";
import { mosquittoSub, needsThirdPartyClients, type Running } from "./third-party";

/** One client's page: what an operator does there, and what it says in each state. */

needsThirdPartyClients();
test.use({ role: "admin" });

const running: Running[] = [];
test.afterEach(() => {
  for (const one of running.splice(0)) one.process.kill("SIGKILL");
});

/** A phone that is connected; a second call with the same identifier is the same phone again. */
async function phone(clientId = `page-${randomUUID().slice(0, 8)}`, given: { deviceModel?: string } = {}) {
  const token = await deviceToken({
    person: `p-${clientId}`,
    name: "Wulan Contoh",
    platform: "android",
    appVersion: "12.4.1",
    deviceModel: given.deviceModel ?? "Contoh A54",
  });
  const device = mosquittoSub({ node: "sub-2", clientId, token, topicFilter: `lc/v1/clients/${clientId}/#` });
  running.push(device);
  await expect.poll(device.output).toContain("SUBACK");
  return { clientId, device };
}

async function open(page: Page, clientId: string) {
  await page.goto(`/presence/${clientId}`);
  return page.getByRole("heading", { level: 1 });
}
const row = (page: Page, text: string | RegExp) => page.getByRole("listitem").filter({ hasText: text }).first();

test("the session is as the broker has it now: its kind and its subscriptions", async ({ page }) => {
  const { clientId } = await phone();
  await open(page, clientId);
  await expect(page.getByText(`lc/v1/clients/${clientId}/#`)).toBeVisible();
  await expect(page.getByText("MQTT 3.1.1")).toBeVisible();
});

test("a disconnect says first what will happen, wants a reason, and is on the timeline with who and why", async ({
  page,
}) => {
  const { clientId } = await phone();
  await open(page, clientId);
  await page.getByRole("button", { name: "Disconnect" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("It is online now, on sub-2.");
  await expect(dialog).toContainText("messages with QoS 1 and 2 go on being queued");
  const act = dialog.getByRole("button", { name: "Disconnect client" });
  await expect(act).toBeDisabled();
  await dialog.getByLabel("Reason").fill("e2e: stuck session");
  await act.click();
  await expect(dialog.getByRole("heading", { name: /^Disconnected/ })).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(row(page, "e2e: stuck session")).toContainText("Disconnected");
  await expect(row(page, /disconnected by/)).toContainText("Ended");
});

test("a blocked client is out until the block is lifted, and its refusals say so", async ({ page }) => {
  const { clientId, device } = await phone();
  await open(page, clientId);
  await page.getByRole("button", { name: "Block" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("e2e: stolen phone");
  await dialog.getByLabel("Reason").press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Blocked: it cannot connect")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("offline");
  // mosquitto_sub connects again by itself.
  await expect.poll(device.output, { timeout: 20_000 }).toContain("CONNACK (5)");
  await expect(row(page, "it is blocked")).toContainText("Refused", { timeout: 20_000 });
  // What is doubted is told so only for as long as the broker is being asked.
  await expect(page.getByText("Not sure yet")).toBeHidden({ timeout: 20_000 });
  await shoot(page, "blocked");
  await page.getByRole("button", { name: "Lift the block" }).click();
  await expect(page.getByText("Blocked: it cannot connect")).toBeHidden();
  await phone(clientId);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("is online");
  await expect(row(page, "Block lifted")).toBeVisible();
});

test("a note is there for whoever looks next", async ({ page }) => {
  const { clientId } = await phone();
  await open(page, clientId);
  await page.getByRole("button", { name: "Add note" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Note").fill("The app freezes on the lift.");
  await dialog.getByRole("button", { name: "Add note" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Notes" }).click();
  await expect(row(page, "The app freezes on the lift.")).toBeVisible();
});

test("two phones of one identifier are named as such, with both models", async ({ page }) => {
  const { clientId } = await phone();
  // They throw each other out: each connects again within a second or two of being thrown out.
  await phone(clientId, { deviceModel: "Melati 8" });
  const answer = await open(page, clientId);
  await expect(answer).toBeVisible();
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.getByText(/connects in 10 min: two phones share this identifier/).count();
      },
      { timeout: 45_000 },
    )
    .toBe(1);
  await shoot(page, "flapping");
  await expect(page.getByText(/Contoh A54, Melati 8|Melati 8, Contoh A54/)).toBeVisible();
});

test("the longest identifier stays within its page, on a phone too", async ({ page }) => {
  const { clientId } = await phone(`long-${randomUUID()}-${"x".repeat(22)}`);
  await open(page, clientId);
  await expect(page.getByRole("button", { name: `Copy ${clientId}` })).toBeVisible();
  await shoot(page, "long");
});

test("the page loads no more JavaScript than its budget", async ({ page }) => {
  const { clientId } = await phone();
  await page.goto(`/presence/${clientId}`, { waitUntil: "load" });
  const bytes = await firstLoadBytes(page);
  test.info().annotations.push({ type: "first-load JavaScript", description: `${Math.round(bytes / 1_000)} kB` });
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(200_000);
});

const control = (path: string) => fetch(`${addresses.faults}${path}`, { method: "POST" });

test.describe("in every state, in both themes, on a phone too", () => {
  test.setTimeout(180_000);
  test("the page says first what is so", async ({ page }) => {
    const { clientId, device } = await phone();
    const answer = await open(page, clientId);
    await expect(answer).toContainText("is online");
    await shoot(page, "online");
    device.process.kill("SIGKILL");
    await expect(answer).toContainText("offline");
    await expect(page.getByText(/When it will be back: too little history/)).toBeVisible();
    await shoot(page, "offline");
    await phone(clientId);
    await expect(answer).toContainText("is online");
    try {
      await control("/nodes/sub-2/freeze");
      await expect(answer).toContainText("We cannot tell", { timeout: 20_000 });
      await expect(page.getByRole("heading", { name: "It’s us, not them" })).toBeVisible();
      await shoot(page, "unknown");
    } finally {
      await control("/nodes/sub-2/thaw");
    }
    await expect(answer).toContainText("is online", { timeout: 30_000 });
  });
});

/** The page as it is, light, dark and narrow, kept with the test's results; without an accessibility fault. */
async function shoot(page: Page, state: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [1_440, 360]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 900 });
      const name = `client-${state}-${colorScheme}-${width}.png`;
      await page.screenshot({ path: test.info().outputPath(name) });
      const overflow = await page.evaluate<number>(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      expect(overflow, name).toBeLessThanOrEqual(0);
    }
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag22aa"]).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual(
    [],
  );
  await page.setViewportSize({ width: 1_440, height: 900 });
}
