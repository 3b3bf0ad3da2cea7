import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { deliverSigned } from "./deliver-signed";
import { makeWebhookSecret } from "./secret";
import { lookupOf, targetFault } from "./target";

interface Received {
  body: string;
  headers: IncomingMessage["headers"];
  path: string;
}
const received: Received[] = [];
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = request.url ?? "";
  received.push({ body: Buffer.concat(chunks).toString(), headers: request.headers, path });
  if (path === "/hangs") return;
  if (path === "/moves") response.writeHead(302, { location: "/taken" });
  else response.writeHead(path === "/refuses" ? 410 : 204);
  response.end();
});
let base: string;

beforeAll(async () => {
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});
beforeEach(() => void received.splice(0));

const secret = makeWebhookSecret();
const event = { eventId: "evt_1", body: JSON.stringify({ type: "presence.changed", data: { name: "Zoë" } }) };
const allowed = ["127.0.0.1"];
const deliver = (path: string, secrets: readonly string[] = [secret], timeoutMs = 2_000) =>
  deliverSigned({ url: base + path, secrets, event }, { allowed, timeoutMs });

/** The headers as a verifying library takes them. */
const signed = ({ headers }: Received): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

describe("deliverSigned", () => {
  test("sends what any Standard Webhooks library verifies, byte for byte", async () => {
    expect(await deliver("/taken")).toMatchObject({ outcome: "delivered", status: 204 });
    const [message] = received;
    if (!message) throw new Error("nothing came");
    expect(new Webhook(secret).verify(message.body, signed(message))).toEqual(JSON.parse(event.body));
    expect(message.headers["webhook-id"]).toBe("evt_1");
    expect(() => new Webhook(secret).verify(`${message.body} `, signed(message))).toThrow();
    expect(() => new Webhook(makeWebhookSecret()).verify(message.body, signed(message))).toThrow();
  });

  test("signs with the old secret too while a receiver changes over", async () => {
    const next = makeWebhookSecret();
    await deliver("/taken", [next, secret]);
    const [message] = received;
    if (!message) throw new Error("nothing came");
    for (const known of [next, secret]) expect(new Webhook(known).verify(message.body, signed(message))).toBeTruthy();
  });

  test("does not follow a redirect", async () => {
    expect(await deliver("/moves")).toMatchObject({ outcome: "refused", status: 302 });
    expect(received.map(({ path }) => path)).toEqual(["/moves"]);
  });

  test("says what went wrong: a status, a silence, nobody there", async () => {
    expect(await deliver("/refuses")).toMatchObject({ outcome: "refused", status: 410 });
    expect(await deliver("/hangs", [secret], 100)).toMatchObject({
      outcome: "failed",
      reason: "No answer within 0.1 s.",
    });
    const nobody = await deliverSigned({ url: "http://127.0.0.1:1/", secrets: [secret], event }, { allowed });
    expect(nobody).toMatchObject({ outcome: "failed", reason: expect.stringContaining("refused") });
  });

  test("never reaches into our own network, by address or by name", async () => {
    const port = new URL(base).port;
    for (const url of [base, `https://127.0.0.1:${port}/`, `https://localhost:${port}/`])
      expect(await deliverSigned({ url, secrets: [secret], event }, { allowed: [] })).toMatchObject({
        outcome: "failed",
      });
    // a name that resolves to an address of ours
    const look = lookupOf(new URL("https://hooks.example.com/"), []);
    const error = await new Promise((resolve) => look?.("localhost", { all: true }, resolve));
    expect(error).toMatchObject({ code: "ENOTPUBLIC" });
    expect(received).toEqual([]);
  });
});

describe("targetFault", () => {
  test.each([
    "https://hooks.example.com/lc",
    "https://8.8.8.8/lc",
    "https://[2606:4700::1111]/lc",
    "http://receiver.internal:8080/lc",
    "http://127.0.0.1:9/lc",
  ])("%s may be sent to", (url) => {
    expect(targetFault(url, ["receiver.internal:8080", "127.0.0.1"])).toBeNull();
  });

  test.each([
    "http://hooks.example.com/lc",
    "https://user:word@hooks.example.com/",
    "ftp://hooks.example.com/",
    "nonsense",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fd00::1]/",
    "https://a.localhost/",
    "http://receiver.internal:8081/lc",
  ])("%s may not", (url) => {
    expect(targetFault(url, ["receiver.internal:8080"])).not.toBeNull();
  });
});
