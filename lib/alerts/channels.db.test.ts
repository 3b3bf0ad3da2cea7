import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, describe, expect, test, vi } from "vitest";
import { createLog } from "@/lib/log/log";
import { migrateQueue, runQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "@/test/database";
import { freePort } from "@/stack/free-port";
import { rolesWithout, testContext } from "@/test/factories";
import { testMailServer } from "@/test/mail-server";
import { deleteChannel } from "./delete-channel";
import { deliverNotice } from "./deliver-notice";
import { listChannels } from "./list-channels";
import { listNotices } from "./list-notices";
import { DELIVER_TASK } from "./queue-notices";
import { saveChannel } from "./save-channel";
import type { ChannelInput, ChannelTarget } from "./schemas";
import { testChannel } from "./test-channel";

const { db, url } = await testDatabase();
const log = createLog("test", "silent");
await migrateQueue({ url, log });

process.env.SEALING_KEY = randomBytes(32).toString("base64");
process.env.WEBHOOK_ALLOWED_HOSTS = "127.0.0.1";
const oncall = () => testContext(db, { role: "oncall" });

/** A receiver on loopback that answers with `status` and keeps what it was sent. */
async function receive(status: () => number) {
  const requests: { headers: IncomingMessage["headers"]; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(status()).end("received");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path` };
}

const receiveMail = async () => {
  const { mails, smtpUrl } = await testMailServer();
  return { mails, mail: { smtpUrl, from: "LiveConnect <alerts@test.local>" } };
};

const input = (target: ChannelTarget, given: Partial<ChannelInput> = {}): ChannelInput => ({
  name: "On call",
  severities: ["page", "warn"],
  enabled: true,
  target,
  ...given,
});

const deliver = (noticeId: string, given: Partial<Parameters<typeof deliverNotice>[1]> = {}) =>
  deliverNotice(testContext(db, { process: "worker" }), { noticeId, isLastAttempt: false, mail: null, ...given });

const noticeOf = async (channelId: string) => (await listNotices(oncall(), { channelId }))[0];

describe("telling a channel", () => {
  test("a webhook is sent what its secret verifies, by the queue, and shows that it arrived", async () => {
    const receiver = await receive(() => 204);
    const { channelId, signingSecret } = await saveChannel(oncall(), input({ kind: "webhook", url: receiver.url }));
    const queue = runQueue({
      url,
      log,
      concurrency: 1,
      tasks: { [DELIVER_TASK]: ({ payload }) => deliver((payload as { noticeId: string }).noticeId) },
    });
    const { noticeId } = await testChannel(oncall(), { channelId });
    await vi.waitFor(async () => expect(await noticeOf(channelId)).toMatchObject({ state: "sent" }), 10_000);
    await queue.close();
    const [request] = receiver.requests;
    if (!request || !signingSecret) throw new Error("nothing arrived, or nothing signs");
    const told = new Webhook(signingSecret).verify(request.body, request.headers as Record<string, string>);
    expect(told).toMatchObject({ type: "alert.test", data: { severity: "warn" } });
    expect(request.headers["webhook-id"]).toBe(noticeId);
    expect(await noticeOf(channelId)).toMatchObject({ outcome: "Answered 204.", attempts: 1, event: "test" });
    expect((await listChannels(oncall(), {}))[0]?.lastNotice?.id).toBe(noticeId);
  });

  test("Slack is sent its own form, with what it would read as markup escaped", async () => {
    const receiver = await receive(() => 200);
    const target = { kind: "slack", url: receiver.url } as const;
    const { channelId, signingSecret } = await saveChannel(oncall(), input(target, { name: "R&D <ops>" }));
    expect(signingSecret).toBeNull();
    const { noticeId } = await testChannel(oncall(), { channelId });
    await deliver(noticeId);
    const { text } = JSON.parse(receiver.requests[0]?.body ?? "{}") as { text: string };
    expect(text).toContain("R&amp;D &lt;ops&gt;");
  });

  test("e-mail arrives by SMTP at every address", async () => {
    const { mails, mail } = await receiveMail();
    const target = { kind: "email", addresses: ["a@test.local", "b@test.local"] } as const;
    const { channelId } = await saveChannel(oncall(), input({ ...target, addresses: [...target.addresses] }));
    const { noticeId } = await testChannel(oncall(), { channelId });
    await deliver(noticeId, { mail });
    expect(mails[0]?.to).toEqual(["a@test.local", "b@test.local"]);
    expect(mails[0]?.text).toContain("This is a test of the channel On call");
    expect(await noticeOf(channelId)).toMatchObject({ state: "sent", outcome: "Accepted." });
  });

  test("a mailbox that does not exist is final, and says the server's code", async () => {
    const { mail } = await receiveMail();
    const { channelId } = await saveChannel(oncall(), input({ kind: "email", addresses: ["nobody@test.local"] }));
    const { noticeId } = await testChannel(oncall(), { channelId });
    await deliver(noticeId, { mail });
    expect(await noticeOf(channelId)).toMatchObject({ state: "failed", outcome: "The mail server answered 550." });
  });

  test("a receiver that is broken is tried again, with the same id, and the last attempt is the last", async () => {
    const answers = [503, 200];
    const receiver = await receive(() => answers.shift() ?? 500);
    const { channelId } = await saveChannel(oncall(), input({ kind: "webhook", url: receiver.url }));
    const first = await testChannel(oncall(), { channelId });
    await expect(deliver(first.noticeId)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await noticeOf(channelId)).toMatchObject({ state: "waiting", attempts: 1, outcome: "Answered 503." });
    await deliver(first.noticeId);
    expect(await noticeOf(channelId)).toMatchObject({ state: "sent", attempts: 2 });
    await deliver(first.noticeId);
    expect(receiver.requests.map(({ headers }) => headers["webhook-id"])).toEqual([first.noticeId, first.noticeId]);

    const second = await testChannel(oncall(), { channelId });
    await deliver(second.noticeId, { isLastAttempt: true });
    expect(await noticeOf(channelId)).toMatchObject({ state: "failed", outcome: "Answered 500." });
  });

  test("what the receiver refuses is not tried again, and a redirect is not followed", async () => {
    for (const status of [404, 302]) {
      const receiver = await receive(() => status);
      const { channelId } = await saveChannel(oncall(), input({ kind: "webhook", url: receiver.url }));
      const { noticeId } = await testChannel(oncall(), { channelId });
      await deliver(noticeId);
      expect(await noticeOf(channelId)).toMatchObject({
        state: "failed",
        outcome: status === 404 ? "Answered 404." : "Redirects are not followed.",
      });
      expect(receiver.requests.length).toBe(1);
    }
  });

  test("nobody listening, no mail server, another key: each is named", async () => {
    const outcomeOf = async (target: ChannelTarget, given: Parameters<typeof deliver>[1]) => {
      const { channelId } = await saveChannel(oncall(), input(target));
      const { noticeId } = await testChannel(oncall(), { channelId });
      await deliver(noticeId, { ...given, isLastAttempt: true });
      return (await noticeOf(channelId))?.outcome;
    };
    const url = `http://127.0.0.1:${await freePort()}/x`;
    expect(await outcomeOf({ kind: "slack", url }, {})).toBe("Nobody listens there (connection refused).");
    expect(await outcomeOf({ kind: "email", addresses: ["a@test.local"] }, {})).toContain("no SMTP_URL");
    const { channelId } = await saveChannel(oncall(), input({ kind: "slack", url }));
    const { noticeId } = await testChannel(oncall(), { channelId });
    const key = process.env.SEALING_KEY;
    process.env.SEALING_KEY = randomBytes(32).toString("base64");
    await deliver(noticeId);
    process.env.SEALING_KEY = key;
    expect((await noticeOf(channelId))?.outcome).toContain("SEALING_KEY");
  });
});

describe("channels", () => {
  test("where they lead is sealed at rest and never shown again, nor audited", async () => {
    const target = { kind: "slack", url: "https://hooks.example/services/T0/B0/verysecret" } as const;
    const { channelId } = await saveChannel(oncall(), input(target));
    const row = await db.prisma.alertChannel.findUniqueOrThrow({ where: { id: channelId } });
    expect(Buffer.from(row.sealed).toString("latin1")).not.toContain("verysecret");
    const audit = await db.prisma.auditEvent.findMany({ where: { subjectId: channelId } });
    expect(audit.map(({ action }) => action)).toEqual(["alerts.saveChannel"]);
    expect(JSON.stringify([audit.map(({ details }) => details), await listChannels(oncall(), {})])).not.toContain(
      "verysecret",
    );
  });

  test("a channel keeps where it leads when only its name changes, its kind for good, and is deleted once", async () => {
    const target = { kind: "slack", url: "https://hooks.example/a" } as const;
    const { channelId } = await saveChannel(oncall(), input(target));
    const before = await db.prisma.alertChannel.findUniqueOrThrow({ where: { id: channelId } });
    await saveChannel(oncall(), { id: channelId, name: "Renamed", severities: ["page"], enabled: false });
    const after = await db.prisma.alertChannel.findUniqueOrThrow({ where: { id: channelId } });
    expect(after).toMatchObject({ name: "Renamed", severities: ["page"], enabled: false, sealed: before.sealed });
    const other = input({ kind: "email", addresses: ["a@test.local"] }, { id: channelId });
    await expect(saveChannel(oncall(), other)).rejects.toMatchObject({ code: "VALIDATION" });
    await deleteChannel(oncall(), { channelId });
    await expect(deleteChannel(oncall(), { channelId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test.each(rolesWithout("alerts.manage"))("%s may neither make, test nor delete one", async (role) => {
    const ctx = testContext(db, { role });
    const target = { kind: "slack", url: "https://hooks.example/a" } as const;
    await expect(saveChannel(ctx, input(target))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(testChannel(ctx, { channelId: "x" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(deleteChannel(ctx, { channelId: "x" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("only https leads into the world, and nothing into our own network but hosts that were allowed", async () => {
    for (const url of ["file:///etc/passwd", "http://hooks.example/a", "https://10.0.0.1/a"])
      await expect(saveChannel(oncall(), input({ kind: "webhook", url }))).rejects.toMatchObject({
        code: "VALIDATION",
      });
  });
});
