import { encode } from "next-auth/jwt";
import { expect, test, vi } from "vitest";
import { getOwnAccount } from "@/lib/operators/get-account";
import { listRoles } from "@/lib/operators/roles";
import { testDatabase } from "@/test/database";
import { makeOperator } from "@/test/factories";

const { db, url } = await testDatabase();
const SECRET = "a secret of the test, long enough for anyone";
vi.stubEnv("DATABASE_URL", url);
vi.stubEnv("NEXTAUTH_URL", "http://localhost:3000");
vi.stubEnv("NEXTAUTH_SECRET", SECRET);
vi.stubEnv("PRACTICE", "1");
vi.stubEnv("REQUIRE_SECOND_FACTOR", "1");
const { route } = await import("@/lib/http/route");

const roles = route(({ ctx }) => listRoles(ctx, {}));
const account = route(({ ctx }) => getOwnAccount({ idleSeconds: 1_800, absoluteSeconds: 43_200 })(ctx, {}));

/** An administrator's session, as a call of a route with it. */
async function signedIn({ method, practice = false }: { method: "password" | "provider"; practice?: boolean }) {
  const { id: operatorId } = await makeOperator(db, { role: "admin" });
  await db.prisma.operator.update({ where: { id: operatorId }, data: { practice } });
  const { id: sessionId } = await db.prisma.operatorSession.create({ data: { operatorId, method, device: "" } });
  const token = await encode({ token: { sessionId }, secret: SECRET, maxAge: 600 });
  const headers = { cookie: `liveconnect.session=${token}` };
  const call = (handler: typeof roles) =>
    handler(new Request("http://localhost:3000/api/thing", { headers }), { params: Promise.resolve({}) });
  return { operatorId, call };
}

test("who came in by a password alone may look at their account and nothing else, until they have a second factor", async () => {
  const { operatorId, call } = await signedIn({ method: "password" });
  const refused = await call(roles);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("Set up a second factor") });
  expect((await call(account)).status).toBe(200);
  const begun = { operatorId, secretSealed: Uint8Array.of(1) };
  const { id } = await db.prisma.secondFactor.create({ data: begun });
  expect((await call(roles)).status).toBe(403);
  await db.prisma.secondFactor.update({ where: { id }, data: { confirmedAt: new Date() } });
  expect((await call(roles)).status).toBe(200);
});

test("nothing is asked of who came in by the identity provider, nor of practice accounts", async () => {
  for (const { call } of [
    await signedIn({ method: "provider" }),
    await signedIn({ method: "password", practice: true }),
  ])
    expect((await call(roles)).status).toBe(200);
});
