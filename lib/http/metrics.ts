import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { onceInProcess } from "./in-process";

/** What Prometheus scrapes from the console. */
export const consoleMetrics = () =>
  onceInProcess("metrics", () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    return {
      registry,
      requestSeconds: new Histogram({
        name: "console_request_seconds",
        help: "Time to answer an API request",
        labelNames: ["method", "route", "status"],
        buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
        registers: [registry],
      }),
      signIns: new Counter({
        name: "console_sign_ins_total",
        help: "Sign-ins by how they ended",
        labelNames: ["result"],
        registers: [registry],
      }),
      liveBrowsers: new Gauge({
        name: "console_live_browsers",
        help: "Browsers that hold an event stream open",
        registers: [registry],
      }),
    };
  });

/** Counts one answered API request under its route: parameters become their names, so the label stays small. */
export function observeRequest(seen: { request: Request; params: unknown; status: number; seconds: number }): void {
  const names = new Map(Object.entries(seen.params ?? {}).map(([name, value]) => [String(value), `[${name}]`]));
  const route = new URL(seen.request.url).pathname
    .split("/")
    .map((part) => names.get(part) ?? part)
    .join("/");
  consoleMetrics().requestSeconds.observe(
    { method: seen.request.method, route, status: String(seen.status) },
    seen.seconds,
  );
}
