import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { openPublisherClient } from "./publisher-client";

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: unknown;
}

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Answers request number n (from 1) with a status. */
async function receiver(statusOf: (request: number) => number): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body: JSON.parse(text) });
      response.writeHead(statusOf(seen.length), { connection: "close" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return { url: `http://127.0.0.1:${address.port}`, seen };
}

const message = { to: { clientId: "and-1" }, payload: "{}", idempotencyKey: "PD-1-told" };

test("a publisher that is away is asked again with the same idempotency key until it answers", async () => {
  const { url, seen } = await receiver((request) => (request < 3 ? 503 : 202));
  const failures: number[] = [];
  const client = openPublisherClient({
    url,
    apiKey: "k",
    random: () => 0,
    onFailure: (each) => failures.push(each.status),
  });
  expect(await client.publish(message)).toBe(true);
  expect(failures).toEqual([503, 503]);
  expect(seen.map((each) => each.headers["idempotency-key"])).toEqual(["PD-1-told", "PD-1-told", "PD-1-told"]);
  expect(seen[2]).toMatchObject({
    method: "POST",
    url: "/v1/messages",
    headers: { authorization: "Bearer k" },
    body: { to: { clientId: "and-1" }, payload: "{}", qos: 1, contentType: "application/json" },
  });
});

test("a refusal is not repeated", async () => {
  const { url, seen } = await receiver(() => 403);
  const client = openPublisherClient({ url, apiKey: "k", random: () => 0, onFailure: () => {} });
  const grant = {
    personId: "p-1",
    topicFilter: "halodoc/pharmacy-delivery/orders/1",
    expiresAt: "2026-11-20T05:00:00Z",
  };
  expect(await client.grant(grant)).toBe(false);
  expect(seen).toMatchObject([{ method: "PUT", url: "/v1/grants", body: { ...grant, action: "subscribe" } }]);
});

test("closing ends a wait at once", async () => {
  const { url } = await receiver(() => 503);
  const client = openPublisherClient({ url, apiKey: "k", random: () => 0.999, onFailure: () => client.close() });
  expect(await client.publish(message)).toBe(false);
});
