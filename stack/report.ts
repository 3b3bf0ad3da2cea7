import { duration, say } from "./bootstrap/terminal.mjs";
import type { SupervisionEvent } from "./supervise";

// An error repeated by a process that cannot go on would fill the terminal; its log file has them all.
const QUIET_MS = 10_000;

/** Says what the supervised services do, one line each. */
export function createReport(options: { now: () => number; logFile: (name: string) => string }) {
  const quiet = new Map<string, { until: number; unsaid: number }>();
  return {
    onEvent: (event: SupervisionEvent): void => say(lineOf(event, options.logFile)),
    /** An error a running process logged; at most one a process in ten seconds is shown. */
    onError: (name: string, message: string): void => {
      const last = quiet.get(name);
      if (last && options.now() < last.until) {
        last.unsaid += 1;
        return;
      }
      const more = last?.unsaid ? ` (and ${last.unsaid} more before it)` : "";
      say(`  ${name.padEnd(16)} error: ${message.slice(0, 300)}${more}; see ${options.logFile(name)}`);
      quiet.set(name, { until: options.now() + QUIET_MS, unsaid: 0 });
    },
  };
}

function lineOf(event: SupervisionEvent, logFile: (name: string) => string): string {
  const name = `  ${event.name.padEnd(16)}`;
  if (event.type === "up")
    return `${name} ${event.url.padEnd(27)} ${duration(event.tookMs).padStart(7)}${event.again ? "  up again" : ""}`;
  const what = event.type === "died" ? "died" : "did not start";
  const retry = event.retryMs > 0 ? `; again in ${event.retryMs / 1000} s` : "";
  return `${name} ${what} (${event.reason})${retry}; see ${logFile(event.name)}`;
}
