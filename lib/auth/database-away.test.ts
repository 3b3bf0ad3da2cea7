import { expect, test, vi } from "vitest";

vi.stubEnv("DATABASE_URL", "postgresql://127.0.0.1:1/none");
vi.stubEnv("NEXTAUTH_URL", "http://localhost:3000");
vi.stubEnv("NEXTAUTH_SECRET", "a secret of the test, long enough for anyone");
const { authOptions } = await import("./auth-options");
const { actorOfClaims } = await import("./session");

const token = { sessionId: "00000000-0000-4000-8000-000000000000" };

test("a database that is away signs nobody out, and lets nobody in", async () => {
  const renewal = { session: { expires: "2030-01-01T00:00:00Z" }, token };
  const callbacks = authOptions(new Request("http://localhost:3000/api/auth/session")).callbacks;
  // next-auth clears the cookie when this rejects. Typed for sessions kept in a database, too, of which ours has nothing.
  await expect(callbacks?.session?.(renewal as never)).resolves.toEqual({ ...renewal.session, user: {} });
  await expect(actorOfClaims(token, new Date())).rejects.toThrow();
});
