import { encode } from "next-auth/jwt";
import { describe, expect, test, vi } from "vitest";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { testDatabase } from "@/test/database";
import { endOwnSessions } from "@/lib/operators/end-sessions";
import { changeRole, createRole } from "@/lib/operators/roles";
import { makeOperator, testContext } from "@/test/factories";

const { db, url } = await testDatabase();
const SECRET = "a secret of the test, long enough for anyone";
vi.stubEnv("DATABASE_URL", url);
vi.stubEnv("NEXTAUTH_URL", "http://localhost:3000");
vi.stubEnv("NEXTAUTH_SECRET", SECRET);
const { readJson, route } = await import("@/lib/http/route");

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

const cookieFor = async (sessionId: string): Promise<string> =>
  `liveconnect.session=${await encode({ token: { sessionId }, secret: SECRET, maxAge: 600 })}`;

async function cookieOf(
  operator: { id: string },
  given: { startedAt?: Date; renewedAt?: Date; endedAt?: Date; endedHow?: string } = {},
): Promise<string> {
  const { id } = await db.prisma.operatorSession.create({
    data: { operatorId: operator.id, method: "password", device: "", ...given },
  });
  return cookieFor(id);
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
      "older than twelve hours, however busy",
      async () => cookieOf(await makeOperator(db), { startedAt: minutesAgo(12 * 60 + 1) }),
    ],
    [
      "not renewed for half an hour",
      async () => cookieOf(await makeOperator(db), { startedAt: minutesAgo(40), renewedAt: minutesAgo(31) }),
    ],
    ["that was ended", async () => cookieOf(await makeOperator(db), { endedAt: new Date(), endedHow: "signed_out" })],
    ["that never was", () => cookieFor("00000000-0000-4000-8000-000000000000")],
    [
      "of a practice account outside practice",
      async () => {
        const operator = await makeOperator(db);
        await db.prisma.operator.update({ where: { id: operator.id }, data: { practice: true } });
        return cookieOf(operator);
      },
    ],
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

describe("what is ended or changed, is so at the very next request", () => {
  const permissions = route(async ({ ctx }) => ({ permissions: ctx.actor.permissions }));

  test("a session ended between two requests is worth nothing, a copied cookie included", async () => {
    const operator = await makeOperator(db);
    const cookie = await cookieOf(operator);
    expect((await call(whoAmI, { headers: { cookie } })).status).toBe(200);
    await endOwnSessions(testContext(db, { operator }), {});
    expect((await call(whoAmI, { headers: { cookie } })).status).toBe(401);
  });

  test("a role made here gives what it lists, and another list at the next request", async () => {
    const admin = testContext(db, { role: "admin" });
    await makeOperator(db, { role: "admin", passwordHash: "$argon2id$" });
    await createRole(admin, { name: "Pharmacy desk", permissions: ["presence.read", "publish.read"] });
    const operator = await makeOperator(db, { role: "Pharmacy desk" });
    const cookie = await cookieOf(operator);
    const asked = async (): Promise<unknown> => (await call(permissions, { headers: { cookie } })).json();
    expect(await asked()).toEqual({ permissions: ["presence.read", "publish.read"] });
    await changeRole(admin, { name: "Pharmacy desk", permissions: ["presence.read"] });
    expect(await asked()).toEqual({ permissions: ["presence.read"] });
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

test("an address that keeps coming without a session is made to wait", async () => {
  const headers = { "x-forwarded-for": "198.51.100.7" };
  const statuses: number[] = [];
  for (let i = 0; i < 603; i += 1) statuses.push((await call(whoAmI, { headers })).status);
  expect(new Set(statuses.slice(0, 600))).toEqual(new Set([401]));
  expect(statuses.at(-1)).toBe(429);
  expect((await call(whoAmI, { headers: { "x-forwarded-for": "198.51.100.8" } })).status).toBe(401);
});

describe("an error", () => {
  test.each([
    ["by their cookie", { cookie: "; locale=id", "accept-language": "en" }],
    ["by their browser, as nothing was chosen", { cookie: "", "accept-language": "id-ID,id;q=0.9,en;q=0.8" }],
  ])("is told in the operator's language, %s", async (_, chosen) => {
    const cookie = (await cookieOf(await makeOperator(db))) + chosen.cookie;
    const headers = { ...own, cookie, "accept-language": chosen["accept-language"] };
    const response = await call(
      route(({ request }) => readJson(request)),
      { method: "POST", headers, body: "{" },
    );
    expect(await response.json()).toMatchObject({ code: "VALIDATION", detail: "Isi permintaan bukan JSON." });
  });

  test.each([
    [
      new AppError("VALIDATION", "No such thing", { issues: [{ path: "a.b", message: sentence("wrong") }] }),
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
    [
      new Error("Connection terminated due to connection timeout", { cause: new Error("Connection terminated") }),
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
