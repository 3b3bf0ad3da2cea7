import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { findOperatorForSignIn } from "@/lib/operators/find-operator";
import { inviteOperator } from "@/lib/operators/invite";
import { isPassword } from "@/lib/operators/password";
import { acceptInvite } from "@/lib/operators/set-password";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { testContext } from "@/test/factories";
import { testMailServer } from "@/test/mail-server";
import { sendInvite } from "./console-mail";

const { db, url } = await testDatabase();
await migrateQueue({ url, log: createLog("test", "silent") });
const { mails, smtpUrl } = await testMailServer();
Object.assign(process.env, {
  DATABASE_URL: url,
  NEXTAUTH_URL: "https://console.test",
  NEXTAUTH_SECRET: randomUUID(),
  SMTP_URL: smtpUrl,
  MAIL_FROM: "LiveConnect <accounts@test.local>",
});
const admin = testContext(db, { role: "admin" });
const invite = (email: string) => inviteOperator(admin, { email, name: "Rani Wijaya", role: "support" });

test("an invitation arrives by mail in both languages, and its link sets the password its owner signs in with; whoever invited sees no link", async () => {
  const email = `${randomUUID()}@test.local`;
  expect(await sendInvite(await invite(email))).toMatchObject({ link: null, mailFailed: false });
  const [mail] = mails;
  expect(mail?.to).toEqual([email]);
  expect(mail?.text).toContain("From: LiveConnect <accounts@test.local>");
  // Long lines are folded. [RFC 2045, 6.7]
  const text = mail?.text.replaceAll("=\r\n", "").replaceAll("=3D", "=") ?? "";
  const token = /https:\/\/console\.test\/\S+#([\w-]{43})\s/.exec(text)?.[1];
  expect(text).toContain("Hello Rani Wijaya,");
  expect(text).toContain("Halo Rani Wijaya,");
  const password = "walnut-harbour-91";
  expect(await acceptInvite(testContext(db, { process: "console" }), { token, password })).toEqual({ email });
  const account = await findOperatorForSignIn(db, email);
  expect(await isPassword(password, account?.passwordHash ?? null)).toBe(true);
});

test("where the mail is refused the account is made all the same, and the link is shown to whoever invited", async () => {
  const invited = await invite(`nobody-${randomUUID()}@test.local`);
  expect(await sendInvite(invited)).toMatchObject({
    link: `https://console.test/set-password#${invited.token}`,
    mailFailed: true,
  });
});
