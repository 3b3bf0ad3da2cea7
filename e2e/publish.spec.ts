import { randomUUID } from "node:crypto";
import { expect, test } from "./operator-test";
import { addresses, deviceToken, secrets } from "./stack";
import { mosquittoSub, needsThirdPartyClients, type Running } from "./third-party";

needsThirdPartyClients();

let phone: Running | null = null;
test.afterEach(() => phone?.process.kill("SIGKILL"));

/** A phone of mosquitto's, subscribed to all its own topics at QoS 2. */
async function startPhone(): Promise<{ clientId: string; phone: Running }> {
  const clientId = `mosq-${randomUUID().slice(0, 8)}`;
  const token = await deviceToken({ person: `p-${clientId}` });
  const started = mosquittoSub({ clientId, token, topicFilter: `lc/v1/clients/${clientId}/#`, qos: 2 });
  phone = started;
  await expect.poll(started.output).toContain("SUBACK");
  return { clientId, phone: started };
}

const ACKNOWLEDGEMENT = { 0: "QoS 0 has no answer", 1: "PUBACK", 2: "PUBCOMP" } as const;
for (const qos of [0, 1, 2] as const)
  test(`a message published at QoS ${qos} is acknowledged with its time and reaches mosquitto_sub with that QoS`, async ({
    page,
  }) => {
    const started = await startPhone();
    const topicName = `lc/v1/clients/${started.clientId}/inbox`;
    await page.goto(`/publish?clientId=${started.clientId}`);
    await expect(page.getByLabel("Topic name")).toHaveCount(1);
    await expect(page.getByLabel("Topic name")).toHaveValue(topicName);
    await page.getByRole("radio", { name: new RegExp(`QoS ${qos}`) }).click();
    await page.getByRole("textbox", { name: /payload/i }).fill(`{"hello":${qos}}`);
    await page.getByRole("button", { name: /^Publish/ }).click();
    const ladder = page.getByRole("list").filter({ hasText: "Accepted" });
    await expect(ladder).toContainText(ACKNOWLEDGEMENT[qos]);
    await expect(ladder).toContainText("pub-1");
    await expect(ladder).toContainText(/\d+ ms/);
    await expect(ladder).toContainText("not observable here");
    await expect.poll(started.phone.output).toContain(`${topicName} ${qos} 0 {"hello":${qos}}`);
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
