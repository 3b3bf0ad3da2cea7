// Loaded into every process the stack starts: when the stack is gone without having stopped it, it stops by itself.
const LIMIT_MS = 10_000;

// A process's own children are handed this file too; they have other parents and are not the stack's to end.
if (process.env.STACK_PID === String(process.ppid)) {
  process.once("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), LIMIT_MS).unref();
  });
  // the listener alone would keep the process alive
  process.channel?.unref();
}
