import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { ingestLog } from "@/lib/diagnostics/ingest-log";
import { openLogReader } from "@/lib/diagnostics/log/log-reader";
import { createLog } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { testDatabase } from "./database";
import { testContext } from "./factories";
import { testObjectStore } from "./object-store";
import { receiveLog } from "./receive-log";

/** A call of a log, `second` seconds after 2026-11-19T14:00:00Z. */
export interface WrittenCall {
  second: number;
  method?: string;
  path?: string;
  status?: number | null;
  ms?: number;
  error?: string;
}

const START = Date.parse("2026-11-19T14:00:00Z");

/** A call as a phone writes it. */
export const lineOf = ({
  second,
  method = "GET",
  path: at = "/v1/me",
  status = 200,
  ms = 50,
  error,
}: WrittenCall): string =>
  JSON.stringify({
    t: new Date(START + second * 1_000).toISOString(),
    method,
    url: `https://api.x${at}`,
    status,
    ms,
    bytes: 10,
    attempt: 1,
    ...(error ? { error } : {}),
    app: "12.4.1",
  });

/** A call each second, each of an order of its own. */
export const calls = (count: number, over: (index: number) => Partial<WrittenCall> = () => ({})): string[] =>
  Array.from({ length: count }, (_, index) =>
    lineOf({ second: index, path: `/v1/orders/ABC-${index}`, ...over(index) }),
  );

/** A database, an object store and a reader of logs, and `ready`, which makes a log that can be read, as the worker makes it. */
export async function testLogDesk() {
  const { db, url } = await testDatabase();
  const { store } = await testObjectStore();
  await migrateQueue({ url, log: createLog("test", "silent") });
  const engineer = testContext(db, { role: "engineer" });
  const worker = testContext(db, { process: "worker" });
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-desk-"));
  const cache = path.join(folder, "cache");
  const reader = await openLogReader({ store, folder: cache, maxBytes: 10_000_000 });
  afterAll(() => {
    reader.close();
    return rm(folder, { recursive: true, force: true });
  });

  async function ready(lines: readonly string[]): Promise<string> {
    const file = path.join(folder, "upload");
    await writeFile(file, lines.join("\n"));
    const { logRequestId } = await receiveLog(engineer, { store, file });
    await ingestLog(worker, { store, logRequestId, isLastAttempt: true, keep: { logDays: 30, originalDays: 7 } });
    return logRequestId;
  }

  const audited = (logRequestId: string, action: string) =>
    db.prisma.auditEvent.findMany({ where: { subjectId: logRequestId, action: `diagnostics.${action}` } });

  return { db, store, reader, cache, engineer, worker, ready, audited };
}

/** All of what a download gives, as text. */
export async function collect(parts: AsyncIterable<string | Buffer>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part.toString();
  return text;
}
