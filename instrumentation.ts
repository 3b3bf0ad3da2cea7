/**
 * Next calls this once when the console starts: a wrong environment is told at once rather than to the first visitor, and the
 * event hub listens before anyone asks. At the end the open event streams are closed, which would keep the server waiting.
 */
export async function register(): Promise<void> {
  // Next also compiles this for its edge runtime, which the console does not use.
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { consoleEvents } = await import("@/lib/http/console-events");
  const events = consoleEvents();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void events.close());
}
