import { randomUUID } from "node:crypto";
import { expect, test } from "./operator-test";
import { addresses, deviceToken, secrets } from "./stack";
import { mosquittoPub, mosquittoSub, needsThirdPartyClients, paho, type Running } from "./third-party";

/** Contract 1, with devices nobody here wrote. */

needsThirdPartyClients();

const fresh = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 8)}`;
const running: Running[] = [];
const started = (one: Running): Running => {
  running.push(one);
  return one;
};
test.afterEach(() => {
  for (const one of running.splice(0)) one.process.kill("SIGKILL");
});

test("a phone that connects with a good token is shown online within 2 s, and offline when its socket is cut", async ({
  page,
}) => {
  const [clientId, personId] = [fresh("mosq"), fresh("p")];
  const token = await deviceToken({
    person: personId,
    name: "Wulan Contoh",
    platform: "android",
    appVersion: "12.4.1",
  });
  const connect = (): Running => started(mosquittoSub({ clientId, token, topicFilter: `lc/v1/clients/${clientId}/#` }));

  const first = connect();
  await expect.poll(first.output).toContain("SUBACK");
  await page.goto(`/presence/${clientId}`);
  const answer = page.getByRole("heading", { level: 1 });
  await expect(answer).toContainText("online", { ignoreCase: true });

  first.process.kill("SIGKILL");
  await expect(answer).toContainText("offline", { timeout: 2_000 });

  const again = connect();
  await expect.poll(again.output).toContain("CONNACK (0)");
  await expect(answer).toContainText("is online", { timeout: 2_000 });
});

test("Paho for Python connects, subscribes to its own topics, and is refused other people's", async () => {
  const clientId = fresh("paho");
  const token = await deviceToken({ person: fresh("p"), platform: "android", appVersion: "12.4.1" });
  const own = started(paho({ clientId, token, topicFilter: `lc/v1/clients/${clientId}/commands` }));
  await expect.poll(own.output).toContain("SUBACK [1]");
  const nosy = started(paho({ clientId: fresh("paho"), token, topicFilter: "lc/v1/clients/+/commands" }));
  await expect.poll(nosy.output).toContain("SUBACK [128]");
});

const REFUSED: [string, { token: () => Promise<string | null>; node?: "pub-1"; clientId?: string }][] = [
  ["without a token", { token: async () => null }],
  ["with an expired token", { token: () => deviceToken({ person: "p-refused", expires: "-10m" }) }],
  ["with a token signed by somebody else", { token: () => deviceToken({ person: "p-refused", wrongSignature: true }) }],
  ["with a token for another audience", { token: () => deviceToken({ person: "p-refused", audience: "elsewhere" }) }],
  ["on the publisher node's port", { token: () => deviceToken({ person: "p-refused" }), node: "pub-1" }],
  [
    "with a client identifier outside the contract",
    { token: () => deviceToken({ person: "p-refused" }), clientId: "bad+id/#" },
  ],
];
for (const [what, { token, node, clientId }] of REFUSED)
  test(`a connect ${what} is refused with return code 5`, async () => {
    const given = { clientId: clientId ?? fresh("refused"), token: await token(), topicFilter: "any", node };
    const mosquitto = started(mosquittoSub(given));
    expect(await mosquitto.ended).toBe(5);
    expect(mosquitto.output()).toContain("not authorised");
    const python = started(paho({ ...given, clientId: clientId ?? fresh("refused") }));
    await expect.poll(python.output).toContain("CONNACK 5");
  });

test("another person's token on a known client identifier is refused", async () => {
  const clientId = fresh("bound");
  const connectAs = async (person: string): Promise<Running> =>
    started(
      mosquittoSub({ clientId, token: await deviceToken({ person }), topicFilter: `lc/v1/clients/${clientId}/#` }),
    );
  const owner = await connectAs(fresh("p"));
  await expect.poll(owner.output).toContain("SUBACK");
  expect(await (await connectAs(fresh("p"))).ended).toBe(5);
});

test("a phone publishes its own events, and is cut off when it publishes anywhere else", async () => {
  const clientId = fresh("mosq");
  const token = await deviceToken({ person: fresh("p") });
  const publish = (topicName: string): Running =>
    started(mosquittoPub({ clientId, token, topicName, payload: '{"type":"hello"}' }));
  const own = publish(`lc/v1/clients/${clientId}/events`);
  expect(await own.ended).toBe(0);
  expect(own.output()).toContain("PUBACK");
  const foreign = publish("lc/v1/clients/somebody/commands");
  await foreign.ended;
  expect(foreign.output()).not.toContain("PUBACK");
});

test("the broker holds the person's id in the token's place", async ({ request }) => {
  const [clientId, personId] = [fresh("mosq"), fresh("p")];
  const token = await deviceToken({ person: personId });
  const phone = started(mosquittoSub({ clientId, token, topicFilter: `lc/v1/clients/${clientId}/#` }));
  await expect.poll(phone.output).toContain("SUBACK");
  const url = `${addresses.brokerAdmin}/api/v1/session/show?--client_id=${clientId}&--client_id&--user&--is_online`;
  const response = await request.get(url, { headers: { "x-api-key": secrets().brokerApiKey } });
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ table: [{ client_id: clientId, user: personId, is_online: true }] });
  expect(text).not.toContain(token.slice(0, 20));
});
