import { randomUUID } from "node:crypto";
import { TOTP } from "otpauth";
import { describe, expect, test } from "vitest";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { makeOperator, rolesWithout, testContext } from "@/test/factories";
import { acceptCode } from "./accept-code";
import { getOwnAccount } from "./get-account";
import { hashPassword } from "./password";
import { recordSignIn } from "./record-sign-in";
import {
  beginSecondFactor,
  confirmSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
  takeSecondFactor,
} from "./second-factor";

const { db, url } = await testDatabase();
await migrateQueue({ url, log: createLog("test", "silent") });
const password = "seven lamps by the sea";
const passwordHash = await hashPassword(password);
const admin = testContext(db, { role: "admin" });
// The middle of a step, so that a step more or less is one.
const NOON = new Date("2026-11-24T12:00:15Z");
const after = (seconds: number) => new Date(NOON.getTime() + seconds * 1_000);
const codeAt = (secret: string, at: Date): string => new TOTP({ secret }).generate({ timestamp: at.getTime() });

/** Somebody who has confirmed a second factor at noon, by the code of the step before. */
async function enrolled() {
  const operator = await makeOperator(db, { passwordHash });
  const sessionId = await recordSignIn(testContext(db, { process: "console" }), {
    operator,
    method: "password",
    device: "Firefox 132, Linux",
  });
  const at = (now: Date) => testContext(db, { operator, sessionId }, { now });
  const { secret, uri } = await beginSecondFactor(at(NOON), { password });
  const { recoveryCodes } = await confirmSecondFactor(at(NOON), { code: codeAt(secret, after(-30)) });
  const factor = await db.prisma.secondFactor.findUniqueOrThrow({ where: { operatorId: operator.id } });
  return { operator, sessionId, at, secret, uri, recoveryCodes, factor };
}

const actionsOn = async (subjectId: string) =>
  (await db.prisma.auditEvent.findMany({ where: { subjectId }, orderBy: { id: "asc" } })).map(({ action }) => action);

describe("a second factor", () => {
  test("begins by the password, counts from a code of it on, and ends the sessions that came in without", async () => {
    const operator = await makeOperator(db, { passwordHash });
    const desk = testContext(db, { process: "console" });
    const signIn = () => recordSignIn(desk, { operator, method: "password", device: "" });
    const [own, other] = [await signIn(), await signIn()];
    const ctx = testContext(db, { operator, sessionId: own }, { now: NOON });
    await expect(beginSecondFactor(ctx, { password: "wrong" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(confirmSecondFactor(ctx, { code: "123456" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await beginSecondFactor(ctx, { password });
    const { secret, uri } = await beginSecondFactor(ctx, { password });
    expect(uri).toMatch(new RegExp(`^otpauth://totp/LiveConnect:.+secret=${secret}`));
    await expect(confirmSecondFactor(ctx, { code: codeAt(secret, after(300)) })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    const limits = { idleSeconds: 1_800, absoluteSeconds: 43_200 };
    expect((await getOwnAccount(limits)(ctx, {})).operator.secondFactor).toBeNull();
    const { recoveryCodes } = await confirmSecondFactor(ctx, { code: codeAt(secret, NOON) });
    expect(new Set(recoveryCodes).size).toBe(10);
    expect((await getOwnAccount(limits)(ctx, {})).operator.secondFactor).toEqual({
      since: NOON.toISOString(),
      recoveryCodesLeft: 10,
    });
    const open = await db.prisma.operatorSession.findMany({ where: { operatorId: operator.id, endedAt: null } });
    expect(open.map(({ id }) => id)).toEqual([own]);
    expect((await db.prisma.operatorSession.findUnique({ where: { id: other } }))?.endedHow).toBe("revoked");
    await expect(confirmSecondFactor(ctx, { code: codeAt(secret, after(30)) })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(beginSecondFactor(ctx, { password })).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await actionsOn(operator.id)).slice(-3)).toEqual([
      "operators.beginSecondFactor",
      "operators.beginSecondFactor",
      "operators.confirmSecondFactor",
    ]);
  });

  test("takes the code of the present step and of one beside it, each once, and none of before the last", async () => {
    const { at, secret, factor } = await enrolled();
    const outcomeOf = (code: string, now: Date) => acceptCode(at(now), { factor, code });
    expect(await outcomeOf(codeAt(secret, after(-30)), NOON)).toBe("used");
    expect(await outcomeOf(codeAt(secret, after(60)), NOON)).toBe("wrong");
    expect(await outcomeOf(codeAt(secret, after(30)), NOON)).toBe("app");
    expect(await outcomeOf(codeAt(secret, NOON), NOON)).toBe("used");
    const next = after(60);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(codeAt(secret, next), next)));
    expect(outcomes.toSorted()).toEqual(["app", "used", "used", "used", "used"]);
  });

  test("takes each recovery code once, in any case and without its dashes, and none after they were renewed", async () => {
    const { at, secret, factor, recoveryCodes } = await enrolled();
    const [first = "", second = ""] = recoveryCodes;
    const outcomeOf = (code: string) => acceptCode(at(NOON), { factor, code });
    const outcomes = await Promise.all([outcomeOf(first), outcomeOf(first.toUpperCase().replaceAll("-", ""))]);
    expect(outcomes.toSorted()).toEqual(["recovery", "wrong"]);
    const renewed = await renewRecoveryCodes(at(NOON), { code: codeAt(secret, NOON) });
    expect(await outcomeOf(second)).toBe("wrong");
    expect(await outcomeOf(renewed.recoveryCodes[0] ?? "")).toBe("recovery");
  });

  test("keeps neither its secret nor its recovery codes where they can be read, nor in the audit", async () => {
    const { secret, recoveryCodes } = await enrolled();
    for (const text of [secret, ...recoveryCodes]) {
      const hex = Buffer.from(text).toString("hex");
      const { rows } = await db.pool.query(
        `select from second_factors f where f::text like $1 or f::text like $2
         union all select from audit_events a where a::text like $1`,
        [`%${text}%`, `%${hex}%`],
      );
      expect(rows).toEqual([]);
    }
  });

  test("is turned off by its owner with a code, not without", async () => {
    const { operator, at, secret } = await enrolled();
    await expect(removeSecondFactor(at(NOON), { code: "000000" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await removeSecondFactor(at(NOON), { code: codeAt(secret, NOON) });
    await expect(removeSecondFactor(at(NOON), { code: codeAt(secret, after(30)) })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect((await actionsOn(operator.id)).at(-1)).toBe("operators.removeSecondFactor");
  });

  test("is taken away by an administrator, which ends all sessions; a second time is harmless", async () => {
    const { operator, sessionId } = await enrolled();
    await takeSecondFactor(admin, { operatorId: operator.id });
    await takeSecondFactor(admin, { operatorId: operator.id });
    expect(await db.prisma.secondFactor.findUnique({ where: { operatorId: operator.id } })).toBeNull();
    expect((await db.prisma.operatorSession.findUnique({ where: { id: sessionId } }))?.endedHow).toBe("revoked");
    const taken = await db.prisma.auditEvent.findMany({
      where: { subjectId: operator.id, action: "operators.takeSecondFactor" },
      orderBy: { id: "asc" },
    });
    expect(taken.map(({ details }) => details)).toEqual([
      { removed: 1, endedSessions: 1 },
      { removed: 0, endedSessions: 0 },
    ]);
    await expect(takeSecondFactor(admin, { operatorId: randomUUID() })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test.each(rolesWithout("operators.manage"))("of others is not taken away by the role %s", async (role) => {
    const call = takeSecondFactor(testContext(db, { role }), { operatorId: randomUUID() });
    await expect(call).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
