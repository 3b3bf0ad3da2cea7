import { randomUUID } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import type { LogRequestLife } from "@/lib/diagnostics/get-log-request";
import { expect, test } from "./operator-test";
import { addresses, deviceToken } from "./stack";
import { needsThirdPartyClients, oddPhone, type Running } from "./third-party";

/** What becomes of a request when the phone, or its network, goes wrong: phones by Paho, the store and everything of ours as they run. */

needsThirdPartyClients();

const running: Running[] = [];
test.afterEach(() => {
  for (const one of running.splice(0)) one.process.kill("SIGKILL");
});

async function connect(mode: string, clientId = `odd-${randomUUID().slice(0, 8)}`) {
  const phone = oddPhone({ clientId, token: await deviceToken({ person: `p-${clientId}` }), mode });
  running.push(phone);
  await expect.poll(phone.output, { timeout: 10_000 }).toContain("CONNACK 0");
  return { clientId, phone };
}

const headers = { origin: addresses.console };

/** Asked as soon as the console has heard of the phone. */
async function ask(request: APIRequestContext, clientId: string, over: object = {}): Promise<string> {
  let id = "";
  await expect(async () => {
    const data = { clientId, reason: "Freezes at checkout", ...over };
    const response = await request.post("/api/diagnostics", { headers, data });
    expect(response.ok()).toBe(true);
    ({ logRequestId: id } = (await response.json()) as { logRequestId: string });
  }).toPass({ timeout: 10_000 });
  return id;
}

const lifeOf = async (request: APIRequestContext, id: string): Promise<LogRequestLife> =>
  (await (await request.get(`/api/diagnostics/${id}`)).json()) as LogRequestLife;

const becomes = (request: APIRequestContext, id: string, state: string) =>
  expect.poll(async () => (await lifeOf(request, id)).state, { timeout: 30_000 }).toBe(state);

for (const [mode, failure, text] of [
  ["oversize", "tooLarge", null],
  ["checksum", "wrongChecksum", null],
  ["truncated", "device", "store-answered-403"],
  ["refused", "device", "store-answered-403"],
] as const)
  test(`a phone that is ${mode} ends its request by that name, and nothing else`, async ({ page }) => {
    const { clientId } = await connect(mode);
    const id = await ask(page.request, clientId, { maxBytes: 1_000_000 });
    await becomes(page.request, id, "failed");
    expect((await lifeOf(page.request, id)).failure).toEqual({ failure, text });
  });

test("a phone killed at 41 % is told so, gets a fresh link when it is back, and its log is read", async ({ page }) => {
  const { clientId, phone } = await connect("killed");
  const id = await ask(page.request, clientId);
  await phone.ended;
  await becomes(page.request, id, "uploading");
  const { sentBytes, announcedBytes } = await lifeOf(page.request, id);
  expect(Math.round((100 * (sentBytes ?? 0)) / (announcedBytes ?? 1))).toBe(41);
  // The same is not said again within five seconds, so that a phone that flaps is not flooded.
  await expect
    .poll(async () => Date.now() - Date.parse((await lifeOf(page.request, id)).stateAt))
    .toBeGreaterThan(6_000);
  await connect("good", clientId);
  await becomes(page.request, id, "ready");
  const life = await lifeOf(page.request, id);
  expect(life).toMatchObject({ calls: 600, links: 2 });
  expect(life.steps.map((step) => step.cause)).toContain("renewed");
});

test("a link that the phone says has run out is replaced at once", async ({ page }) => {
  const { clientId } = await connect("expired");
  const id = await ask(page.request, clientId);
  await becomes(page.request, id, "ready");
  expect((await lifeOf(page.request, id)).steps.filter((step) => step.cause === "renewed")).toHaveLength(1);
});

test("a phone that has the command and says nothing is shown as delivered, with what usually helps", async ({
  page,
}) => {
  const { clientId, phone } = await connect("silent");
  const id = await ask(page.request, clientId);
  await expect.poll(phone.output).toContain("HEARD logs.upload");
  await page.goto(`/diagnostics/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("no answer", { timeout: 20_000 });
  await expect(page.getByRole("heading", { level: 1 })).toContainText("in the background");
});

test("cancelling reaches the phone, which says that it has stopped", async ({ page }) => {
  const { clientId, phone } = await connect("stops");
  const id = await ask(page.request, clientId);
  await becomes(page.request, id, "accepted");
  await page.goto(`/diagnostics/${id}`);
  await page.getByRole("button", { name: "Cancel request" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel request" }).click();
  await expect.poll(phone.output).toContain("HEARD logs.cancel");
  await expect(page.getByText("The phone says it has stopped")).toBeVisible();
});

test("many phones are counted before they are asked, and shown as one", async ({ page }) => {
  const phones = [await connect("good"), await connect("good"), await connect("good")];
  await page.goto("/diagnostics?new=true");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "A list" }).click();
  const reason = `Many ${randomUUID().slice(0, 8)}`;
  await dialog.getByLabel("Reason").fill(reason);
  await expect(async () => {
    await dialog.getByLabel("Client ids").fill(["client_id", ...phones.map((one) => one.clientId), "#"].join("\n"));
    await expect(dialog.getByText("3 phones")).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(dialog.getByText("1 line is no client id")).toBeVisible();
  await dialog.getByRole("button", { name: "Request 3 logs" }).click();
  const row = page.getByRole("listitem").filter({ hasText: reason });
  await expect(row).toContainText("3 ready", { timeout: 30_000 });
  await expect(row).toContainText("All 3 phones asked.");
});
