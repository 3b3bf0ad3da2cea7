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
  const asked = performance.now();
  const failure = await actorOfClaims({ sessionId: "00000000-0000-4000-8000-000000000000" }, new Date()).catch(
    (error: unknown) => error,
  );
  expect(isDatabaseDown(failure)).toBe(true);
  expect(performance.now() - asked).toBeLessThan(5_000);
});
