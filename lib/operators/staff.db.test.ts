import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { makeOperator, rolesWithout, testContext } from "@/test/factories";
import { changeOperatorRole, disableOperator, enableOperator } from "./change-operator";
import { endOperatorSessions, endOwnSessions } from "./end-sessions";
import { getOperator, getOwnAccount } from "./get-account";
import { inviteOperator, renewInvite } from "./invite";
import { hashPassword, isPassword } from "./password";
import { recordSignIn } from "./record-sign-in";
import { changeRole, createRole, deleteRole, listRoles } from "./roles";
import { acceptInvite, changeOwnPassword } from "./set-password";

const { db, url } = await testDatabase();
await migrateQueue({ url, log: createLog("test", "silent") });
const LIMITS = { idleSeconds: 1_800, absoluteSeconds: 43_200 };
const passwordHash = await hashPassword("correct horse battery");
// Somebody who stays, so that other tests may take an administrator away.
await makeOperator(db, { role: "admin", passwordHash });
const admin = testContext(db, { role: "admin" });
const desk = testContext(db, { process: "console" });

const signIn = async (operator: { id: string; name: string; role: string }, device = "Firefox 132, Linux") =>
  recordSignIn(desk, { operator, method: "password", device });

const actionsOn = async (subjectId: string) =>
  (await db.prisma.auditEvent.findMany({ where: { subjectId }, orderBy: { id: "asc" } })).map(({ action }) => action);

describe("sessions", () => {
  test("are listed newest first, named by device, with the one that asks and how the others ended", async () => {
    const operator = await makeOperator(db);
    const first = await signIn(operator, "Safari 18, iPhone");
    const second = await signIn(operator);
    await endOperatorSessions(admin, { operatorId: operator.id, sessionId: first });
    const { sessions, signIns } = await getOwnAccount(LIMITS)(testContext(db, { operator, sessionId: second }), {});
    expect(sessions.map(({ id, state, device, isOwn }) => ({ id, state, device, isOwn }))).toEqual([
      { id: second, state: "open", device: "Firefox 132, Linux", isOwn: true },
      { id: first, state: "revoked", device: "Safari 18, iPhone", isOwn: false },
    ]);
    expect(signIns).toMatchObject([
      { accepted: true, method: "password", device: "Firefox 132, Linux" },
      { accepted: true, device: "Safari 18, iPhone" },
    ]);
  });

  test("past a limit are shown as expired, without anyone having ended them", async () => {
    const operator = await makeOperator(db);
    const id = await signIn(operator);
    await db.prisma.operatorSession.update({ where: { id }, data: { renewedAt: new Date(Date.now() - 1_801_000) } });
    expect((await getOperator(LIMITS)(admin, { operatorId: operator.id })).sessions).toMatchObject([
      { id, state: "expired", endedAt: null },
    ]);
  });

  test("all others end together and the one that asks goes on; nobody else's does", async () => {
    const operator = await makeOperator(db);
    const other = await makeOperator(db);
    const [own, , othersOwn] = [await signIn(operator), await signIn(operator), await signIn(other)];
    const ctx = testContext(db, { operator, sessionId: own });
    expect(await endOwnSessions(ctx, {})).toEqual({ ended: 1 });
    expect(await endOwnSessions(ctx, {})).toEqual({ ended: 0 });
    expect(await endOwnSessions(ctx, { sessionId: othersOwn })).toEqual({ ended: 0 });
    const open = await db.prisma.operatorSession.findMany({
      where: { endedAt: null, operatorId: { in: [operator.id, other.id] } },
    });
    expect(open.map(({ id }) => id).toSorted()).toEqual([own, othersOwn].toSorted());
    expect(await actionsOn(operator.id)).toContain("operators.endSessions");
  });

  test.each(rolesWithout("operators.manage"))("of others are not ended by the role %s", async (role) => {
    const call = endOperatorSessions(testContext(db, { role }), { operatorId: randomUUID() });
    await expect(call).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("an invitation", () => {
  const invite = (role = "support") =>
    inviteOperator(admin, { email: `${randomUUID()}@test.local`, name: "Rani Wijaya", role });

  test("opens an account once: the link sets a password, ends every session and is used up", async () => {
    const { operatorId, token, email } = await invite();
    const session = await signIn({ id: operatorId, name: "Rani Wijaya", role: "support" });
    const given = { token, password: "seven lamps by the sea" };
    expect(await acceptInvite(desk, given)).toEqual({ email });
    const row = await db.prisma.operator.findUniqueOrThrow({ where: { id: operatorId } });
    expect(await isPassword(given.password, row.passwordHash)).toBe(true);
    await expect(acceptInvite(desk, given)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await db.prisma.operatorSession.findUnique({ where: { id: session } })).toMatchObject({
      endedHow: "password",
    });
    expect(await actionsOn(operatorId)).toEqual([
      "operators.inviteOperator",
      "operators.signIn",
      "operators.acceptInvite",
    ]);
  });

  test("is used by one of two who open it at once", async () => {
    const { token } = await invite();
    const given = { token, password: "seven lamps by the sea" };
    const results = await Promise.allSettled([acceptInvite(desk, given), acceptInvite(desk, given)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("expires, is replaced by a newer one, and is gone with a closed account", async () => {
    const old = await invite();
    const late = testContext(db, { process: "console" }, { now: new Date(Date.now() + 73 * 3_600_000) });
    const password = "seven lamps by the sea";
    await expect(acceptInvite(late, { token: old.token, password })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { token } = await renewInvite(admin, { operatorId: old.operatorId });
    await expect(acceptInvite(desk, { token: old.token, password })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await disableOperator(admin, { operatorId: old.operatorId });
    await expect(acceptInvite(desk, { token, password })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(renewInvite(admin, { operatorId: old.operatorId })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test.each([
    ["short", "too short"],
    ["of one character", "aaaaaaaaaaaaaaaa"],
    ["with the owner's name in it", "rani was here 2026"],
    ["with the owner's e-mail in it", "desk-of-rani and lamps"],
    ["that leaked, though it is long and mixed", "P@ssw0rd2024!"],
    ["of neighbouring keys", "sdfghjkl;'zx"],
  ])("takes no password %s", async (_, password) => {
    const email = `desk-of-rani@${randomUUID()}.test`;
    const { token } = await inviteOperator(admin, { email, name: "Rani Wijaya", role: "support" });
    await expect(acceptInvite(desk, { token, password })).rejects.toMatchObject({ code: "VALIDATION" });
  });

  test("is for an e-mail without an account, and a role there is", async () => {
    const { email } = await invite();
    await expect(
      inviteOperator(admin, { email: email.toUpperCase(), name: "X", role: "support" }),
    ).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(invite("no such role")).rejects.toMatchObject({ code: "VALIDATION" });
  });

  test("keeps its token nowhere", async () => {
    const { token } = await invite();
    const { rows } = await db.pool.query(
      `select from operators o where o::text like $1 union all select from audit_events a where a::text like $1`,
      [`%${token}%`],
    );
    expect(rows).toEqual([]);
  });
});

describe("a password", () => {
  test("is changed by its owner with the present one, which ends the other sessions", async () => {
    const operator = await makeOperator(db, { passwordHash });
    const [own, other] = [await signIn(operator), await signIn(operator)];
    const ctx = testContext(db, { operator, sessionId: own });
    const password = "a wholly new thing";
    await expect(
      changeOwnPassword(ctx, { current: "correct horse battery", password: "password123456" }),
    ).rejects.toMatchObject({ code: "VALIDATION", message: expect.stringContaining("leaked") });
    await expect(changeOwnPassword(ctx, { current: "wrong", password })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await changeOwnPassword(ctx, { current: "correct horse battery", password })).toEqual({ ended: 1 });
    expect((await db.prisma.operatorSession.findUnique({ where: { id: other } }))?.endedHow).toBe("password");
  });
});

describe("an account", () => {
  test("that is closed ends its sessions at once; opening it again brings none back", async () => {
    const operator = await makeOperator(db);
    const session = await signIn(operator);
    await disableOperator(admin, { operatorId: operator.id });
    await disableOperator(admin, { operatorId: operator.id });
    await enableOperator(admin, { operatorId: operator.id });
    expect((await db.prisma.operatorSession.findUnique({ where: { id: session } }))?.endedHow).toBe("disabled");
    expect(await actionsOn(operator.id)).toEqual([
      "operators.signIn",
      "operators.disableOperator",
      "operators.disableOperator",
      "operators.enableOperator",
    ]);
  });

  test.each(rolesWithout("operators.manage"))("is not changed by the role %s", async (role) => {
    const ctx = testContext(db, { role });
    const operatorId = randomUUID();
    for (const call of [
      () => changeOperatorRole(ctx, { operatorId, role: "admin" }),
      () => disableOperator(ctx, { operatorId }),
      () => enableOperator(ctx, { operatorId }),
      () => inviteOperator(ctx, { email: "x@test.local", name: "X", role: "admin" }),
      () => renewInvite(ctx, { operatorId }),
      () => createRole(ctx, { name: "Mine", permissions: ["operators.manage"] }),
      () => changeRole(ctx, { name: "Mine", permissions: [] }),
      () => deleteRole(ctx, { name: "Mine" }),
    ])
      await expect(call()).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("roles made here", () => {
  test("are listed with what they may do and how many have them, and deleted only when nobody has", async () => {
    await createRole(admin, { name: "Night desk", permissions: ["timeline.read", "presence.read"] });
    await expect(createRole(admin, { name: "Night desk", permissions: [] })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    const operator = await makeOperator(db, { role: "Night desk" });
    const roles = await listRoles(admin, {});
    expect(roles.find(({ name }) => name === "Night desk")).toMatchObject({
      permissions: ["presence.read", "timeline.read"],
      operators: 1,
    });
    await expect(deleteRole(admin, { name: "Night desk" })).rejects.toMatchObject({ code: "CONFLICT" });
    await changeOperatorRole(admin, { operatorId: operator.id, role: "support" });
    await deleteRole(admin, { name: "Night desk" });
    await deleteRole(admin, { name: "Night desk" });
    expect(await actionsOn("Night desk")).toEqual([
      "operators.createRole",
      "operators.deleteRole",
      "operators.deleteRole",
    ]);
  });

  test.each(["admin", "Admin", "oncall", "a", "<b>", " "])("are not called %s", async (name) => {
    await expect(createRole(admin, { name, permissions: [] })).rejects.toMatchObject({ code: "VALIDATION" });
  });
});

describe("the last administrator", () => {
  test("cannot be lost: not by closing, another role, nor another list of permissions, alone or two at once", async () => {
    const { ctx, first, second } = await twoAdministrators();
    const results = await Promise.allSettled([
      disableOperator(ctx, { operatorId: first }),
      changeOperatorRole(ctx, { operatorId: second, role: "support" }),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    for (const call of [
      () => changeRole(ctx, { name: "Chiefs", permissions: ["presence.read"] }),
      () => disableOperator(ctx, { operatorId: first }),
      () => changeOperatorRole(ctx, { operatorId: second, role: "support" }),
    ])
      await call().catch((error: unknown) => expect(error).toMatchObject({ code: "CONFLICT" }));
    const { rows } = await db.pool.query(
      `select from operators o left join custom_roles r on r.name = o.role
       where disabled_at is null and (role = 'admin' or 'operators.manage' = any(r.permissions))`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(1);
  });

  /** Nobody but one administrator by our role and one by a role made here. */
  async function twoAdministrators() {
    await db.prisma.operator.updateMany({ data: { disabledAt: new Date() } });
    await createRole(admin, { name: "Chiefs", permissions: ["operators.manage"] });
    const first = await makeOperator(db, { role: "admin", passwordHash });
    const second = await makeOperator(db, { role: "Chiefs", passwordHash });
    return { ctx: admin, first: first.id, second: second.id };
  }
});
