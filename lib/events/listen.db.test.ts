import { expect, test, vi } from "vitest";
import { createLog } from "@/lib/log/log";
import { testDatabase } from "@/test/database";
import { listen } from "./listen";

const { db, url } = await testDatabase();

const ofListener =
  "select pid from pg_stat_activity where application_name = 'liveconnect-listen' and datname = current_database()";

test("a server that stops without a word is no longer listened to, and is found again", async () => {
  const reconnected = vi.fn();
  const listener = listen({
    url,
    channels: ["cluster"],
    log: createLog("test", "silent"),
    onEvent: () => undefined,
    onReconnect: reconnected,
    probeMs: 500,
  });
  await vi.waitFor(() => expect(listener.connected()).toBe(true), 5_000);
  const { pid } = (await db.pool.query<{ pid: number }>(ofListener)).rows[0] ?? {};
  if (pid === undefined) throw new Error("nobody listens");
  process.kill(pid, "SIGSTOP");
  try {
    await vi.waitFor(() => expect(listener.connected()).toBe(false), 5_000);
    await vi.waitFor(() => expect(reconnected).toHaveBeenCalledOnce(), 5_000);
    expect(listener.connected()).toBe(true);
  } finally {
    process.kill(pid, "SIGCONT");
    await listener.close();
  }
});
