import { secretsEqual } from "@/lib/crypto/constant-time";
import { consoleEnv } from "./console-env";
import { consoleEvents } from "./console-events";
import { consoleMetrics } from "./metrics";

/**
 * The metrics page. With METRICS_TOKEN, to whoever bears it; without, only while the console listens on loopback and no
 * proxy stands before it: a caller's address is not proof, as Next takes it from a header.
 */
export async function metricsResponse(request: Request): Promise<Response> {
  if (!mayRead(request)) return new Response("Set METRICS_TOKEN and send it as a bearer token.\n", { status: 403 });
  const { registry, liveBrowsers } = consoleMetrics();
  liveBrowsers.set(consoleEvents().browsers());
  return new Response(await registry.metrics(), {
    headers: { "content-type": registry.contentType, "cache-control": "no-store" },
  });
}

function mayRead(request: Request): boolean {
  const { METRICS_TOKEN, CONSOLE_HOST, CONSOLE_TRUSTED_PROXIES } = consoleEnv();
  if (METRICS_TOKEN) return secretsEqual(request.headers.get("authorization") ?? "", `Bearer ${METRICS_TOKEN}`);
  return CONSOLE_TRUSTED_PROXIES === 0 && ["127.0.0.1", "::1", "localhost"].includes(CONSOLE_HOST);
}
