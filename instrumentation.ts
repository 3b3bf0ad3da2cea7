/** Next calls this once when the console starts. */
export async function register(): Promise<void> {
  // Next also compiles this file for its edge runtime, which the console does not use and Node's modules would break.
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startConsole } = await import("@/lib/http/start-console");
    startConsole();
  }
}
