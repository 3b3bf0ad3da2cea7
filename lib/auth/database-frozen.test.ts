import { createServer } from "node:net";
import { afterAll, expect, test, vi } from "vitest";
import { isDatabaseDown } from "@/lib/db/is-database-down";
import { freePort } from "@/test/free-port";

const port = await freePort();
const frozen = createServer().listen(port, "127.0.0.1");
afterAll(() => void frozen.close());

vi.stubEnv("DATABASE_URL", `postgresql://127.0.0.1:${port}/frozen`);
vi.stubEnv("NEXTAUTH_URL", "http://localhost:3000");
vi.stubEnv("NEXTAUTH_SECRET", "a secret of the test, long enough for anyone");
const { actorOfClaims } = await import("./session");

test("a database that takes connections and says nothing is known to be down within five seconds", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const failure = actorOfClaims({ sessionId: "00000000-0000-4000-8000-000000000000" }, new Date()).catch(
    (error: unknown) => error,
  );
  await vi.advanceTimersByTimeAsync(5_000);
  vi.useRealTimers();
  expect(isDatabaseDown(await failure)).toBe(true);
});
