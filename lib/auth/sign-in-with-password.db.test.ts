import { randomUUID } from "node:crypto";
import { TOTP } from "otpauth";
import { describe, expect, test } from "vitest";
import { hashPassword } from "@/lib/operators/password";
import { beginSecondFactor, confirmSecondFactor } from "@/lib/operators/second-factor";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { makeOperator, testContext } from "@/test/factories";
import { signInLimits, waitSecondsAfter } from "./sign-in-limits";
import { signInWithPassword } from "./sign-in-with-password";

const { db, url } = await testDatabase();
await migrateQueue({ url, log: createLog("test", "silent") });
const limits = signInLimits(db.pool);
const desk = { limits, device: "Firefox 132, Linux", practice: false };
const passwordHash = await hashPassword("correct horse");
const ctx = testContext(db, { process: "console" });

const actionsOn = async (operatorId: string) =>
  (await db.prisma.auditEvent.findMany({ where: { subjectId: operatorId }, orderBy: { id: "asc" } })).map(
    ({ action, actorKind, details }) => ({ action, actorKind, details }),
  );

describe("signing in with a password", () => {
  test("the right one, the e-mail in any case, gives the operator, an audit row and the time", async () => {
    const operator = await makeOperator(db, { passwordHash });
    const email = operator.email.toUpperCase();
    const result = await signInWithPassword(ctx, desk, { email, password: "correct horse" });
    expect(result).toMatchObject({ id: operator.id });
    const details = { method: "password", device: "Firefox 132, Linux", sessionId: expect.any(String) };
    expect(await actionsOn(operator.id)).toEqual([{ action: "operators.signIn", actorKind: "operator", details }]);
    const row = await db.prisma.operator.findUniqueOrThrow({ where: { id: operator.id } });
    expect(row.lastSignInAt).not.toBeNull();
  });

  test("a wrong one is refused and kept in the audit in the console's name", async () => {
    const operator = await makeOperator(db, { passwordHash });
    expect(await signInWithPassword(ctx, desk, { email: operator.email, password: "wrong" })).toBeNull();
    expect(await actionsOn(operator.id)).toEqual([
      { action: "operators.signInRefused", actorKind: "process", details: { cause: "password" } },
    ]);
  });

  test("a closed account is refused with the right password", async () => {
    const operator = await makeOperator(db, { passwordHash });
    await db.prisma.operator.update({ where: { id: operator.id }, data: { disabledAt: new Date() } });
    expect(await signInWithPassword(ctx, desk, { email: operator.email, password: "correct horse" })).toBeNull();
    expect(await actionsOn(operator.id)).toMatchObject([{ details: { cause: "disabled" } }]);
  });

  test("a practice account is refused outside a practice stack, with its right password", async () => {
    const operator = await makeOperator(db, { passwordHash });
    await db.prisma.operator.update({ where: { id: operator.id }, data: { practice: true } });
    const given = { email: operator.email, password: "correct horse" };
    expect(await signInWithPassword(ctx, desk, given)).toBeNull();
    expect(await actionsOn(operator.id)).toMatchObject([{ details: { cause: "practice" } }]);
    expect(await signInWithPassword(ctx, { ...desk, practice: true }, given)).toMatchObject({ id: operator.id });
  });

  test("what was typed as an unknown e-mail is kept nowhere", async () => {
    const typed = `my-password-${randomUUID()}`;
    expect(await signInWithPassword(ctx, desk, { email: typed, password: "x" })).toBeNull();
    const { rows } = await db.pool.query<{ found: boolean }>(
      `select exists (select 1 from audit_events a where a::text like $1) or
         exists (select 1 from sign_in_limits l where l::text like $1) as found`,
      [`%${typed}%`],
    );
    expect(rows[0]?.found).toBe(false);
  });
});

describe("an account with a second factor", () => {
  const enrol = async () => {
    const operator = await makeOperator(db, { passwordHash });
    const own = testContext(db, { operator });
    const { secret } = await beginSecondFactor(own, { password: "correct horse" });
    const app = new TOTP({ secret });
    const before = app.generate({ timestamp: Date.now() - 30_000 });
    const { recoveryCodes } = await confirmSecondFactor(own, { code: before });
    const signIn = (code?: string, password = "correct horse") =>
      signInWithPassword(ctx, desk, { email: operator.email, password, ...(code === undefined ? {} : { code }) });
    return { operator, app, before, recoveryCodes, signIn };
  };
  const lastOn = async (operatorId: string) => (await actionsOn(operatorId)).at(-1);

  test("is asked for a code after the right password, and let in with it, once", async () => {
    const { operator, app, before, signIn } = await enrol();
    expect(await signIn()).toBe("code");
    expect(await lastOn(operator.id)).toMatchObject({ action: "operators.askCode", actorKind: "process" });
    expect(await signIn(before)).toBeNull();
    expect(await lastOn(operator.id)).toMatchObject({ details: { cause: "usedCode" } });
    const code = app.generate();
    expect(await signIn(code)).toMatchObject({ id: operator.id });
    expect(await lastOn(operator.id)).toMatchObject({ action: "operators.signIn", details: { secondFactor: "app" } });
    expect(await signIn(code)).toBeNull();
  });

  test("is let in with a recovery code, which is used up", async () => {
    const { operator, recoveryCodes, signIn } = await enrol();
    expect(await signIn(recoveryCodes[3])).toMatchObject({ id: operator.id });
    expect(await lastOn(operator.id)).toMatchObject({ details: { secondFactor: "recovery" } });
    expect(await signIn(recoveryCodes[3])).toBeNull();
  });

  test("is refused alike for a wrong code and for a right one with a wrong password, which uses nothing up", async () => {
    const { operator, app, signIn } = await enrol();
    expect(await signIn("no-such-code")).toBeNull();
    expect(await lastOn(operator.id)).toMatchObject({ details: { cause: "code" } });
    const code = app.generate();
    expect(await signIn(code, "wrong")).toBeNull();
    expect(await signIn(undefined, "wrong")).toBeNull();
    expect(await signIn(code)).not.toBeNull();
  });

  test("is made to wait after wrong codes as after wrong passwords: the right password gives no try back", async () => {
    const { signIn } = await enrol();
    for (let i = 0; i < 5; i += 1) await signIn(i % 2 === 0 ? undefined : "000000");
    await expect(signIn()).rejects.toMatchObject({ code: "LIMIT" });
  });

  test("that was begun and not confirmed is asked for no code", async () => {
    const operator = await makeOperator(db, { passwordHash });
    await beginSecondFactor(testContext(db, { operator }), { password: "correct horse" });
    const given = { email: operator.email, password: "correct horse" };
    expect(await signInWithPassword(ctx, desk, given)).toMatchObject({ id: operator.id });
  });
});

describe("guessing", () => {
  const tryTimes = async (email: string, times: number, address: string | null = null) => {
    const from = { ...ctx, fromAddress: address };
    const outcomes = await Promise.allSettled(
      Array.from({ length: times }, () => signInWithPassword(from, desk, { email, password: "guess" })),
    );
    return outcomes.filter(({ status }) => status === "fulfilled").length;
  };

  test("at most five tries are looked at before the first wait, even when all come at once", async () => {
    const operator = await makeOperator(db, { passwordHash });
    expect(await tryTimes(operator.email, 8)).toBeLessThanOrEqual(5);
    await expect(
      signInWithPassword(ctx, desk, { email: operator.email, password: "correct horse" }),
    ).rejects.toMatchObject({ code: "LIMIT", message: expect.stringMatching(/^Too many tries; wait \d+ s\.$/) });
  });

  test("a success forgets the failures before it", async () => {
    const operator = await makeOperator(db, { passwordHash });
    await tryTimes(operator.email, 4);
    expect(await signInWithPassword(ctx, desk, { email: operator.email, password: "correct horse" })).not.toBeNull();
    expect(await tryTimes(operator.email, 4)).toBe(4);
  });

  test("waits double up to a quarter of an hour", () => {
    expect([5, 6, 7, 20].map(waitSecondsAfter)).toEqual([15, 30, 60, 900]);
  });

  test("an address that tries many e-mails is slowed too", async () => {
    const address = "203.0.113.9";
    for (let i = 0; i < 50; i += 1) await limits.take({ email: `${i}@test.local`, address });
    await expect(limits.take({ email: "another@test.local", address })).rejects.toMatchObject({ code: "LIMIT" });
  });
});
