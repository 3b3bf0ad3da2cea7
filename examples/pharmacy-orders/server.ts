import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { MATTERS, type Kind, type Matters } from "./matters";
import type { Settings } from "./settings";

const PAGE = readFileSync(path.join(import.meta.dirname, "page.html"));
const MQTT_JS = readFileSync(createRequire(import.meta.url).resolve("mqtt/dist/mqtt.esm"));

interface Answer {
  status: number;
  body: unknown;
}

/**
 * The pharmacy's own HTTP service: places orders, moves them on, and is polled. It trusts `personId` as sent, which a real one takes from
 * the session; what it does not trust anybody with is another's topic: that is the broker's to refuse.
 */
export function createPharmacy(of: {
  settings: Settings;
  matters: Matters;
  signIn: (personId: string) => Promise<string>;
}): Server {
  const { matters, signIn, settings } = of;
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = new URL(request.url ?? "/", "http://pharmacy");
    const [, what, id, action] = url.pathname.split("/");
    const personId = url.searchParams.get("person") ?? "";
    if (what === "session")
      return { status: 200, body: { token: await signIn(personId), broker: settings.mqttWebSocket } };
    const kind = kindOf(url.searchParams.get("kind"));
    if (what === "matters" && request.method === "POST" && id === undefined)
      return { status: 201, body: await matters.open({ kind, personId }) };
    const found = what === "matters" && id !== undefined ? matters.find(id) : null;
    if (!found) return { status: 404, body: { error: "There is nothing here" } };
    if (request.method === "POST" && action === "advance")
      return { status: 200, body: await matters.advance(found.id) };
    // Polling: the patient's own only, as in any service.
    if (found.personId !== personId) return { status: 403, body: { error: "This is another patient's" } };
    return { status: 200, body: { id: found.id, status: found.status, changedAt: found.changedAt } };
  };
  return createServer((request, response) => {
    if (request.url === "/") return response.setHeader("content-type", "text/html; charset=utf-8").end(PAGE);
    if (request.url === "/mqtt.js") return response.setHeader("content-type", "text/javascript").end(MQTT_JS);
    answer(request).then(
      ({ status, body }) =>
        response
          .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
          .end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(502).end(JSON.stringify({ error: String(error) })),
    );
    return undefined;
  });
}

const kindOf = (given: string | null): Kind => (given !== null && given in MATTERS ? (given as Kind) : "order");
