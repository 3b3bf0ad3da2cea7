import { randomUUID } from "node:crypto";
import { TOTP } from "otpauth";
import { afterAll, expect, test, vi } from "vitest";
import { createLog } from "@/lib/log/log";
import { inviteOperator } from "@/lib/operators/invite";
import { acceptCode } from "@/lib/operators/accept-code";
import { hashPassword } from "@/lib/operators/password";
import { recordSignIn } from "@/lib/operators/record-sign-in";
import {
  beginSecondFactor,
  confirmSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
  takeSecondFactor,
} from "@/lib/operators/second-factor";
import { acceptInvite, changeOwnPassword } from "@/lib/operators/set-password";
import { migrateQueue, runQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { makeOperator, testContext } from "@/test/factories";
import { testMailServer } from "@/test/mail-server";
import { operatorTasks } from "./operators";

const { db, url } = await testDatabase();
const log = createLog("test", "silent");
await migrateQueue({ url, log });
const { mails, smtpUrl } = await testMailServer();
const admin = testContext(db, { role: "admin" });
const desk = { ...testContext(db, { process: "console" }), fromAddress: "203.0.113.9" };
const password = "seven lamps by the sea";
const passwordHash = await hashPassword(password);

const queue = runQueue({
  url,
  log,
  concurrency: 1,
  tasks: operatorTasks({
    context: () => testContext(db, { process: "worker" }),
    mail: { smtpUrl, from: "LiveConnect <accounts@test.local>" },
    consoleUrl: "https://console.test",
  }),
});
afterAll(() => queue.close());

/** What an address was sent, unfolded and decoded. [RFC 2045, 6.7] */
const mailsTo = (email: string): string[] =>
  mails
    .filter(({ to }) => to.includes(email))
    .map(({ text }) =>
      text
        .replaceAll("=\r\n", "")
        .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
    );
const arrives = (email: string, words: string) =>
  vi.waitFor(() => expect(mailsTo(email).some((text) => text.includes(words))).toBe(true), 10_000);

test("whoever sets a password by a link, or changes it, is told by mail, in both languages and from where", async () => {
  const email = `${randomUUID()}@test.local`;
  const { operatorId, token } = await inviteOperator(admin, { email, name: "Rani Wijaya", role: "support" });
  await acceptInvite(desk, { token, password });
  await arrives(email, "was set by a link");
  const [mail = ""] = mailsTo(email);
  expect(mail).toContain("from 203.0.113.9");
  expect(mail).toContain("dibuat lewat sebuah tautan");
  expect(mail).toContain("https://console.test/account");
  expect(mail).toContain("Auto-Submitted: auto-generated");
  const operator = await db.prisma.operator.findUniqueOrThrow({ where: { id: operatorId } });
  await changeOwnPassword(testContext(db, { operator }), { current: password, password: "walnut-harbour-91" });
  await arrives(email, "The password of your account was changed");
  for (const text of mailsTo(email))
    for (const secret of [token, password, "walnut-harbour-91"]) expect(text).not.toContain(secret);
});

test("each change of a second factor is told to its owner, without its secret or codes", async () => {
  const email = `${randomUUID()}@test.local`;
  const operator = await makeOperator(db, { passwordHash, email });
  const at = (now: Date) => testContext(db, { operator }, { now });
  const [first, second, third] = [0, 30_000, 60_000].map((ms) => new Date(Date.now() + ms)) as [Date, Date, Date];
  const { secret } = await beginSecondFactor(at(first), { password });
  const code = (now: Date) => new TOTP({ secret }).generate({ timestamp: now.getTime() });
  const { recoveryCodes } = await confirmSecondFactor(at(first), { code: code(first) });
  await arrives(email, "A second factor of your account was turned on");
  const factor = await db.prisma.secondFactor.findUniqueOrThrow({ where: { operatorId: operator.id } });
  const secondFactor = await acceptCode(desk, { factor, code: recoveryCodes[0] ?? "" });
  expect(secondFactor).toBe("recovery");
  await recordSignIn(desk, { operator, method: "password", device: "", secondFactor: "recovery" });
  await arrives(email, "with a recovery code");
  const renewed = await renewRecoveryCodes(at(second), { code: code(second) });
  await arrives(email, "New recovery codes");
  await removeSecondFactor(at(third), { code: code(third) });
  await arrives(email, "was turned off");
  for (const text of mailsTo(email))
    for (const told of [secret, code(first), ...recoveryCodes, ...renewed.recoveryCodes])
      expect(text).not.toContain(told);
});

test("a second factor taken away by an administrator is told to its owner, once", async () => {
  const email = `${randomUUID()}@test.local`;
  const operator = await makeOperator(db, { passwordHash, email });
  const own = testContext(db, { operator });
  const { secret } = await beginSecondFactor(own, { password });
  await confirmSecondFactor(own, { code: new TOTP({ secret }).generate() });
  await takeSecondFactor(admin, { operatorId: operator.id });
  await takeSecondFactor(admin, { operatorId: operator.id });
  await arrives(email, "An administrator took away");
  await vi.waitFor(
    async () => expect((await db.pool.query("select from graphile_worker.jobs")).rows).toEqual([]),
    10_000,
  );
  expect(mailsTo(email).filter((text) => text.includes("An administrator took away"))).toHaveLength(1);
});

test("an address that the mail server refuses for good is not tried again, nor is a practice account's", async () => {
  const refused = await makeOperator(db, { passwordHash, email: `nobody-${randomUUID()}@test.local` });
  const practice = await makeOperator(db, { passwordHash });
  await db.prisma.operator.update({ where: { id: practice.id }, data: { practice: true } });
  for (const operator of [refused, practice])
    await changeOwnPassword(testContext(db, { operator }), { current: password, password: "walnut-harbour-91" });
  await vi.waitFor(
    async () => expect((await db.pool.query("select from graphile_worker.jobs")).rows).toEqual([]),
    10_000,
  );
  expect(mailsTo(practice.email)).toEqual([]);
});
