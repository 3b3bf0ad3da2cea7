import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSecrets, sealSecrets } from "@/lib/alerts/channel-secrets";
import { sealBytes, unsealBytes } from "@/lib/crypto/seal";
import { keepOriginal, openOriginal } from "@/lib/diagnostics/log/original";
import { acceptCode } from "@/lib/operators/accept-code";
import { hashPassword } from "@/lib/operators/password";
import { beginSecondFactor } from "@/lib/operators/second-factor";
import { openPayload } from "@/lib/publish/kept-payload";
import { listSavedMessages, saveMessage } from "@/lib/publish/saved-messages";
import { openSendPayload, sealSendPayload } from "@/lib/publish/sends/send-payload";
import { createWebhookEndpoint, rotateWebhookSecret } from "@/lib/webhooks/endpoints";
import { testDatabase } from "@/test/database";
import { makeClient, makeOperator, testContext } from "@/test/factories";
import { testObjectStore } from "@/test/object-store";
import { SEALED_COLUMNS } from "./sealed-columns";

const { db, url } = await testDatabase();
const { store, env } = await testObjectStore();
const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-rotate-"));
const admin = testContext(db, { role: "admin" });
const engineer = testContext(db, { role: "engineer" });
const [oldKey, key] = [randomBytes(32), randomBytes(32)];
const text = (bytes: Buffer): string => bytes.toString("base64");
const given = process.env.SEALING_KEY;

const MESSAGES = 5_000;
const [sendId, channelId, logRequestId] = [randomUUID(), randomUUID(), randomUUID()];
const upload = randomBytes(3 * 1024 * 1024);

const use = (sealing: Buffer, others: readonly Buffer[]): void => {
  process.env.SEALING_KEY = text(sealing);
  process.env.SEALING_KEYS_OTHER = others.map(text).join(",");
};

beforeAll(async () => {
  use(oldKey, []);
  const { endpointId } = await createWebhookEndpoint(admin, {
    name: "Orders",
    url: "https://hooks.example.com/",
    eventTypes: ["presence.changed"],
  });
  await rotateWebhookSecret(admin, { endpointId });
  const operator = await makeOperator(db, { passwordHash: await hashPassword("seven lamps by the sea") });
  await beginSecondFactor(testContext(db, { operator }), { password: "seven lamps by the sea" });
  const sealed = sealSecrets(channelId, { target: { kind: "email", addresses: ["a@b.example"] }, signingSecret: "s" });
  await db.prisma.alertChannel.create({
    data: { id: channelId, name: "Mail", kind: "email", severities: [], destination: "a", sealed, createdBy: "a" },
  });
  await saveMessage(engineer, {
    name: "Saved",
    shared: false,
    content: {
      topicName: "test/a",
      qos: 0,
      retain: false,
      expirySeconds: null,
      format: "text",
      payload: "saved",
      contentType: "text/plain",
      userProperties: [],
    },
  });
  await db.pool.query(
    `insert into sends (id, state, source, actor_kind, actor_id, actor_name, request_id, digest, filters, qos, payload, payload_bytes,
       fills, rate_per_second, expected, most) values ($1, 'finished', 'api', 'service', 'a', 'a', 'r', '', '{}', 1, $2, 4, false, 1, 1, 1)`,
    [sendId, Buffer.from(sealSendPayload(sendId, Buffer.from("sent")))],
  );
  const payloads = Array.from({ length: MESSAGES }, (_, n) =>
    Buffer.from(sealBytes(Buffer.from(`message ${n}`), { key: oldKey, about: `t/${n}` })),
  );
  await db.pool.query(
    `insert into messages (topic_name, qos, payload, sealed, source, actor_id, actor_name)
     select 't/' || n - 1, 0, payload, true, 'api', 'a', 'a' from unnest($1::bytea[]) with ordinality w (payload, n)
     union all select 'clear', 0, 'before payloads were sealed', false, 'api', 'a', 'a'`,
    [payloads],
  );
  const { clientId } = await makeClient(db);
  await db.pool.query(
    `insert into log_requests (id, client_id, reason, max_bytes, requested_by, requested_by_name, expires_at, original_key)
     values ($1::uuid, $2, 'freezes', 1, 'a', 'a', now(), 'originals/' || $1::uuid)`,
    [logRequestId, clientId],
  );
  await writeFile(path.join(folder, "upload"), upload);
  await keepOriginal(store, { logRequestId, upload: path.join(folder, "upload"), folder });
});
afterAll(async () => {
  process.env.SEALING_KEY = given;
  delete process.env.SEALING_KEYS_OTHER;
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command until it ends, or is killed at the first line that `until` holds for. */
async function rotate(keys: readonly [Buffer, ...Buffer[]], until: (line: string) => boolean = () => false) {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/rotate-seals.ts"], {
    env: {
      ...process.env,
      ...env,
      DATABASE_URL: url,
      DATA_FOLDER: folder,
      SEALING_KEY: text(keys[0]),
      SEALING_KEYS_OTHER: keys.slice(1).map(text).join(","),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const ended = once(child, "close");
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      if (until(line)) child.kill("SIGKILL");
    });
  const [code] = (await ended) as [number | null];
  return { code, lines };
}

/** All that was sealed, as it is read by the keys in force. */
async function expectAllReads(): Promise<void> {
  const { rows } = await db.pool.query<{ topic_name: string; payload: Buffer; sealed: boolean }>(
    "select topic_name, payload, sealed from messages",
  );
  const read = rows.map((row) => `${row.topic_name} ${openPayload({ ...row, topicName: row.topic_name }).toString()}`);
  expect(read.filter((line) => !/^(t\/(\d+) message \2|clear before payloads were sealed)$/.test(line))).toEqual([]);
  expect(read).toHaveLength(MESSAGES + 1);
  const send = await db.prisma.send.findUniqueOrThrow({ where: { id: sendId } });
  expect(openSendPayload(sendId, send.payload).toString()).toBe("sent");
  const channel = await db.prisma.alertChannel.findUniqueOrThrow({ where: { id: channelId } });
  expect(openSecrets(channel).signingSecret).toBe("s");
  const factor = await db.prisma.secondFactor.findFirstOrThrow();
  // Throws where the secret does not open.
  expect(["wrong", "app"]).toContain(await acceptCode(admin, { factor, code: "000000" }));
  expect((await listSavedMessages(engineer, {}))[0]?.content.payload).toBe("saved");
  const original: Buffer[] = [];
  const read2 = await openOriginal(store, { logRequestId, folder: await mkdtemp(path.join(folder, "read-")) });
  for await (const bytes of read2) original.push(bytes);
  expect(Buffer.concat(original).equals(upload)).toBe(true);
}

const countBy = async (sealing: Buffer): Promise<number> => {
  const { rows } = await db.pool.query<{ topic_name: string; payload: Buffer }>(
    "select topic_name, payload from messages where sealed",
  );
  return rows.filter(({ topic_name: about, payload }) => {
    try {
      return unsealBytes(payload, { keys: [sealing], about }).length > 0;
    } catch {
      return false;
    }
  }).length;
};

test("a rotation killed in the middle leaves all readable by both keys; run again it ends, and then the new key is enough", async () => {
  const killed = await rotate([key, oldKey], (line) => /^messages.*sealed \d{3,} anew/.test(line));
  expect(killed.code).toBeNull();
  const done = await countBy(key);
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(MESSAGES);
  expect(await countBy(oldKey)).toBe(MESSAGES - done);
  // As processes that run meanwhile, with the new key and still with the old.
  use(key, [oldKey]);
  await expectAllReads();
  use(oldKey, [key]);
  await expectAllReads();
  const again = await rotate([key, oldKey]);
  expect([again.code, again.lines.at(-1)]).toEqual([0, "All is sealed with SEALING_KEY."]);
  expect(again.lines).toContain(`messages.payload: looked at ${MESSAGES}, sealed ${MESSAGES - done} anew`);
  use(key, []);
  await expectAllReads();
  const third = await rotate([key]);
  expect(third.code).toBe(0);
  expect(third.lines.filter((line) => /sealed [1-9]/.test(line))).toEqual([]);
}, 120_000);

test("what opens with none of the keys is named and left as it is", async () => {
  const { code, lines } = await rotate([randomBytes(32), randomBytes(32)]);
  expect(code).toBe(1);
  expect(lines).toContain(`alert_channels.sealed: opens with none of the keys: ${channelId}`);
  expect(lines).toContain(`originals of logs: opens with none of the keys: ${logRequestId}`);
  use(key, []);
  await expectAllReads();
}, 60_000);

// Hashes, heads and digests tell nothing; the chunks of an import are gone when it is.
const NOT_SEALED = new Set([
  "api_keys.key_hash",
  "api_keys.previous_hash",
  "audit_seals.digests",
  "audit_seals.head",
  "audit_seals.previous_head",
  "client_tokens.token_hash",
  "device_events.content_hash",
  "operators.invite_hash",
  "people_import_chunks.body",
  "sends.digest",
]);

test("every column of bytes is sealed anew, or said to be none that is sealed", async () => {
  const { rows } = await db.pool.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = 'public' and data_type = 'bytea'`,
  );
  const known = new Set([...SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`), ...NOT_SEALED]);
  expect(rows.map(({ name }) => name).toSorted()).toEqual([...known].toSorted());
});
