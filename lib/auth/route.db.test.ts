import { encode } from "next-auth/jwt";
import { describe, expect, test, vi } from "vitest";
import { AppError } from "@/lib/errors";
import { testDatabase } from "@/test/database";
import { makeOperator } from "@/test/factories";

const { db, url } = await testDatabase();
const SECRET = "a secret of the test, long enough for anyone";
vi.stubEnv("DATABASE_URL", url);
vi.stubEnv("NEXTAUTH_URL", "http://localhost:3000");
vi.stubEnv("NEXTAUTH_SECRET", SECRET);
const { readJson, route } = await import("@/lib/http/route");

const nowSeconds = () => Math.floor(Date.now() / 1_000);

async function cookieOf(operator: { id: string }, claims: Record<string, unknown> = {}): Promise<string> {
  const token = { sub: operator.id, tokenVersion: 0, signedInAt: nowSeconds(), ...claims };
  return `liveconnect.session=${await encode({ token, secret: SECRET, maxAge: 600 })}`;
}

const call = (handler: ReturnType<typeof route>, init: RequestInit = {}, path = "/api/thing") =>
  handler(new Request(`http://localhost:3000${path}`, init), { params: Promise.resolve({}) });

const own = { origin: "http://localhost:3000", "content-type": "application/json" };
const whoAmI = route(async ({ ctx }) => ({ name: ctx.actor.name, requestId: ctx.requestId }));

describe("a session", () => {
  test("that holds gives the handler its operator, and the answer its request id", async () => {
    const operator = await makeOperator(db);
    const response = await call(whoAmI, {
      headers: { cookie: await cookieOf(operator), "x-request-id": "trace-1234" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-request-id")).toBe("trace-1234");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({ name: operator.name, requestId: "trace-1234" });
  });

  test.each([
    ["absent", async () => ""],
    ["sealed with another secret", async () => `liveconnect.session=${await encode({ token: {}, secret: "other" })}`],
    [
      "older than twelve hours",
      async () => cookieOf(await makeOperator(db), { signedInAt: nowSeconds() - 12 * 3_600 - 1 }),
    ],
    ["of a raised token version", async () => cookieOf(await makeOperator(db), { tokenVersion: -1 })],
    ["of nobody", async () => cookieOf({ id: "00000000-0000-4000-8000-000000000000" })],
    [
      "of a closed account",
      async () => {
        const operator = await makeOperator(db);
        await db.prisma.operator.update({ where: { id: operator.id }, data: { disabledAt: new Date() } });
        return cookieOf(operator);
      },
    ],
  ])("%s is answered 401 as problem+json", async (_, cookie) => {
    const response = await call(whoAmI, { headers: { cookie: await cookie() } });
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code: "UNAUTHENTICATED", status: 401 });
  });
});

describe("what may change something", () => {
  const echo = route(({ request }) => readJson(request));

  test("is refused from another site, session or not", async () => {
    const cookie = await cookieOf(await makeOperator(db));
    const headers = { ...own, cookie, origin: "https://evil.example" };
    const response = await call(echo, { method: "POST", headers, body: "{}" });
    expect(response.status).toBe(403);
  });

  test("has a bounded JSON body", async () => {
    const cookie = await cookieOf(await makeOperator(db));
    const post = (body: string, headers = {}) =>
      call(echo, { method: "POST", headers: { ...own, cookie, ...headers }, body });
    expect(await (await post('{"a":1}')).json()).toEqual({ a: 1 });
    expect((await post("{")).status).toBe(400);
    expect((await post("{}", { "content-type": "text/plain" })).status).toBe(400);
    expect((await post(JSON.stringify("x".repeat(1024 * 1024)))).status).toBe(400);
  });

  test("is limited for each operator, with the time to wait", async () => {
    const cookie = await cookieOf(await makeOperator(db));
    const nothing = route(async () => undefined);
    const statuses = new Set<number>();
    let retryAfter: string | null = null;
    for (let i = 0; i < 601; i += 1) {
      const response = await call(nothing, { method: "DELETE", headers: { ...own, cookie } });
      statuses.add(response.status);
      retryAfter = response.headers.get("retry-after");
    }
    expect([...statuses]).toEqual([204, 429]);
    expect(Number(retryAfter)).toBeGreaterThan(0);
  });
});

describe("an error", () => {
  test.each([
    [
      new AppError("VALIDATION", "No such thing", { issues: [{ path: "a.b", message: "wrong" }] }),
      400,
      "No such thing",
    ],
    [new AppError("UNAVAILABLE", "Later", { retryAfterSeconds: 3 }), 503, "Later"],
    [new Error("password=hunter2 at /home/secret"), 500, "Something of ours failed. Try again."],
    [
      Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
      503,
      "The database does not answer. Try again in a moment.",
    ],
  ])("%s is told as a problem, and nothing that is not ours to tell", async (thrown, status, detail) => {
    const cookie = await cookieOf(await makeOperator(db));
    const response = await call(
      route(() => Promise.reject(thrown)),
      { headers: { cookie } },
    );
    expect(response.status).toBe(status);
    const problem: unknown = await response.json();
    expect(problem).toMatchObject({ detail, requestId: response.headers.get("x-request-id") });
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });
});
