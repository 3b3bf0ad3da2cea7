import { consoleEvents } from "./console-events";

/**
 * What the console begins before its first visitor: a wrong environment is told at once, and the event hub listens. At the
 * end it closes the open event streams, for which the server would wait.
 */
export function startConsole(): void {
  const events = consoleEvents();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void events.close());
}
