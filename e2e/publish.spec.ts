import { randomUUID } from "node:crypto";
import { expect, test } from "./operator-test";
import { addresses, deviceToken, secrets } from "./stack";
import { mosquittoSub, needsThirdPartyClients, paho, type Running } from "./third-party";

needsThirdPartyClients();

let phone: Running | null = null;
test.afterEach(() => phone?.process.kill("SIGKILL"));

/** A phone of mosquitto's, or of Paho, subscribed to all its own topics at QoS 2. */
async function startPhone(subscribe = mosquittoSub): Promise<{ clientId: string; phone: Running }> {
  const clientId = `phone-${randomUUID().slice(0, 8)}`;
  const token = await deviceToken({ person: `p-${clientId}` });
  const started = subscribe({ clientId, token, topicFilter: `lc/v1/clients/${clientId}/#`, qos: 2 });
  phone = started;
  await expect.poll(started.output).toContain("SUBACK");
  return { clientId, phone: started };
}

const searchOnline = {
  headers: { origin: addresses.console },
  data: { text: "", limit: 1, filters: { states: ["online"] } },
};

const ACKNOWLEDGEMENT = { 0: "QoS 0 has no answer", 1: "PUBACK", 2: "PUBCOMP" } as const;
const PHONES = {
  mosquitto_sub: { subscribe: mosquittoSub, heard: (topic: string, qos: number) => `${topic} ${qos} 0 ` },
  Paho: { subscribe: paho, heard: (topic: string, qos: number) => `MESSAGE ${topic} ${qos} ` },
};
const EACH = Object.entries(PHONES).flatMap(([name, phone]) =>
  ([0, 1, 2] as const).map((qos) => ({ name, ...phone, qos })),
);
for (const { name, subscribe, heard, qos } of EACH)
  test(`a message published at QoS ${qos} is acknowledged with its time and reaches ${name} with that QoS`, async ({
    page,
  }) => {
    const started = await startPhone(subscribe);
    const topicName = `lc/v1/clients/${started.clientId}/inbox`;
    await page.goto(`/publish?clientId=${started.clientId}`);
    await expect(page.getByLabel("Topic name")).toHaveCount(1);
    await expect(page.getByLabel("Topic name")).toHaveValue(topicName);
    await page.getByRole("radio", { name: new RegExp(`QoS ${qos}`) }).click();
    await page.getByRole("textbox", { name: /payload/i }).fill(`{"hello":${qos}}`);
    await page.getByRole("button", { name: /^Publish/ }).click();
    const ladder = page.getByRole("list").filter({ hasText: "Accepted" });
    await expect(ladder).toBeVisible();
    await expect(page.getByRole("button", { name: /^Publish/ })).toBeFocused();
    await expect(ladder).toContainText(ACKNOWLEDGEMENT[qos]);
    await expect(ladder).toContainText("pub-1");
    await expect(ladder).toContainText(/\d+ ms/);
    await expect(ladder).toContainText("not observable here");
    await expect.poll(started.phone.output).toContain(`${heard(topicName, qos)}{"hello":${qos}}`);
    await expect(page.getByRole("button", { name: topicName }).first()).toBeVisible();
  });

test("a retained message is named as such before it is published, and given to who subscribes later", async ({
  page,
}) => {
  const started = await startPhone();
  const topicName = `lc/v1/clients/${started.clientId}/note`;
  started.phone.process.kill("SIGKILL");
  await page.goto(`/publish?topic=${encodeURIComponent(topicName)}`);
  await expect(page.getByLabel("Topic name")).toHaveCount(1);
  await page.getByRole("switch", { name: "Retain" }).click();
  await page.getByRole("textbox", { name: /payload/i }).fill('{"kept":true}');
  await page.getByRole("button", { name: /^Publish/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish retained" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("acknowledged");
  const token = await deviceToken({ person: `p-${started.clientId}` });
  phone = mosquittoSub({ clientId: started.clientId, token, topicFilter: topicName, clean: true });
  await expect.poll(phone.output).toContain(`${topicName} 1 1 {"kept":true}`);
});

test("each packet of QoS 2 has its time, and an app that answers is the last rung", async ({ page }) => {
  const client = (await (await page.request.post("/api/presence/search", searchOnline)).json()).clients[0];
  await page.goto(`/publish?topic=${encodeURIComponent(`lc/v1/clients/${client.clientId}/commands`)}`);
  await expect(page.getByLabel("Topic name")).toHaveCount(1);
  await page.getByRole("radio", { name: /QoS 2/ }).click();
  await page.getByRole("textbox", { name: /^payload/i }).fill('{"id":"{{uuid}}","type":"ping","issuedAt":"{{now}}"}');
  await expect(page.getByLabel("Who would get it")).toContainText("subscribed now");
  await page.getByRole("button", { name: /^Publish/ }).click();
  const ladder = page.getByRole("list").filter({ hasText: "Accepted" });
  await expect(ladder).toContainText("PUBREC came in");
  await expect(ladder).toContainText("PUBREL went out");
  await expect(ladder).toContainText("PUBCOMP");
  await expect(ladder).toContainText("“pong”");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("The app answered");
  await expect(page.getByRole("heading", { level: 1 })).toBeInViewport();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByRole("button", { name: "Hide", exact: true }).click();
  await expect(page.getByRole("button", { name: "Show", exact: true })).toBeVisible();
});

test("a retained message is confirmed with its number, compared with the one before, and taken back in one press", async ({
  page,
}) => {
  const topicName = `e2e/${randomUUID()}`;
  await page.goto(`/publish?topic=${encodeURIComponent(topicName)}`);
  await expect(page.getByLabel("Topic name")).toHaveCount(1);
  const payload = page.getByRole("textbox", { name: /^payload/i });
  const heading = page.getByRole("heading", { level: 1 });
  await page.getByRole("switch", { name: "Retain" }).click();
  for (const status of ["placed", "delivered"]) {
    await payload.fill(`{\n  "status": "${status}"\n}`);
    await page.getByRole("button", { name: /^Publish/ }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("No device may get it now.");
    await dialog.getByRole("button", { name: "Publish retained" }).click();
    await expect(page.getByRole("button", { name: topicName, exact: true })).toHaveCount(status === "placed" ? 1 : 2);
  }
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("deletion")).toContainText('"status": "placed"');
  await expect(page.getByRole("insertion")).toContainText('"status": "delivered"');
  await page.getByRole("button", { name: "Clear retained" }).click();
  await expect(page.getByRole("button", { name: topicName, exact: true })).toHaveCount(3);
  await expect(page.getByRole("button", { name: "Clear retained" })).toHaveCount(0);
  await expect(heading).toContainText("acknowledged");
});

test("a saved message asks for its variables, and a live tail shows it as it passes", async ({ page }) => {
  const name = `Order ${randomUUID().slice(0, 8)}`;
  await page.goto("/publish");
  await expect(page.getByLabel("Topic name")).toHaveCount(1);
  await page.getByLabel("Topic name").fill("e2e/orders/{{orderId}}");
  await page.getByRole("textbox", { name: /^payload/i }).fill('{"orderId":"{{orderId}}","status":"delivered"}');
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.reload();
  await expect(page.getByLabel("Topic name")).toHaveCount(1);
  await page.getByRole("button", { name: /^All/ }).click();
  await page.getByRole("menuitemcheckbox", { name }).click();
  await page.getByLabel("Topic filter").fill("e2e/orders/+");
  await page.getByRole("button", { name: "Watch" }).click();
  await expect(page.getByText("20/s at most")).toBeVisible();
  await page.getByLabel("orderId", { exact: true }).fill("ABC-1");
  await page.getByRole("button", { name: /^Publish/ }).click();
  const row = page.getByRole("button", { name: /ABC-1 .*delivered/ });
  await expect(row).toContainText("q1");
  await row.click();
  await expect(page.getByRole("button", { name: "Follow ABC-1" })).toBeVisible();
});

test("a filter that is everything is not watched, and the page says why", async ({ page }) => {
  await page.goto("/publish");
  await expect(page.getByLabel("Topic name")).toHaveCount(1);
  await page.getByLabel("Topic filter").fill("#");
  await page.getByRole("button", { name: "Watch" }).click();
  await expect(page.getByText("begins with a wildcard is everything")).toBeVisible();
});

test("a wrong topic name is said in place and nothing typed is lost", async ({ page }) => {
  await page.goto("/publish");
  // A page that streams may hold a hidden copy of itself for a moment.
  await expect(page.getByLabel("Topic name")).toHaveCount(1);
  await page.getByLabel("Topic name").fill("orders/+/status");
  await page.getByRole("textbox", { name: /payload/i }).fill('{"a":1}');
  await page.getByRole("button", { name: /^Publish/ }).click();
  await expect(page.getByText("A topic name has no + and no #")).toBeVisible();
  await expect(page.getByRole("textbox", { name: /payload/i })).toHaveValue('{"a":1}');
});

test("a service publishes with its key, once however often it asks, and is told of the acknowledgement", async ({
  request,
}) => {
  const started = await startPhone();
  const ask = (headers: Record<string, string>) =>
    request.post(`${addresses.publisher}/v1/messages`, {
      headers,
      data: { to: { clientId: started.clientId }, payload: "from a service", qos: 1, waitFor: "acknowledged" },
    });
  expect((await ask({})).status()).toBe(401);
  expect((await ask({ authorization: "Bearer wrong" })).status()).toBe(401);
  const key = { authorization: `Bearer ${secrets().practiceApiKey}`, "idempotency-key": randomUUID() };
  const first = await (await ask(key)).json();
  expect(first).toMatchObject({ state: "acknowledged", acknowledgement: "puback" });
  expect(await (await ask(key)).json()).toMatchObject({ messageId: first.messageId });
  await expect.poll(started.phone.output).toContain("1 0 from a service");
  expect(started.phone.output().split("from a service")).toHaveLength(2);
});

test.describe("support", () => {
  test.use({ role: "support" });
  test("does not publish: the page is not offered, and the API refuses", async ({ page }) => {
    await page.goto("/presence");
    await expect(page.getByRole("navigation", { name: "Main" })).not.toContainText("Publish");
    const response = await page.request.post("/api/publish", {
      headers: { origin: addresses.console },
      data: { to: { topicName: "a/b" }, payload: "x", qos: 0 },
    });
    expect(response.status()).toBe(403);
  });
});
