import { createServer, type Server } from "node:http";
import type { Registry } from "prom-client";

/** `/healthz`, `/readyz` (ready once a phone is online) and `/metrics`, listening. */
export function openHealthServer(options: {
  host: string;
  port: number;
  registry: Registry;
  online: () => number;
}): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    switch (request.url) {
      case "/healthz":
        return answer(200, { status: "alive" });
      case "/readyz": {
        const online = options.online();
        if (online > 0) return answer(200, { status: "ready", phonesOnline: online });
        return answer(503, { status: "waiting", reasons: { broker: "No phone is online yet" } });
      }
      case "/metrics":
        return void options.registry.metrics().then(
          (text) => response.writeHead(200, { "content-type": options.registry.contentType }).end(text),
          () => answer(500, { status: "failed" }),
        );
      default:
        return answer(404, { status: "not found" });
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => resolve(server));
  });
}
