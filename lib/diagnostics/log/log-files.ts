import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import type { ObjectStore } from "@/lib/storage/object-store";

/** Parquet files of logs on the local disk, fetched when asked for. */
export interface LogFiles {
  folder: string;
  /** The local path of an object; throws NOT_FOUND when the store has none. */
  path: (logKey: string) => Promise<string>;
  /** Removes the local file of an object, if there is one. */
  forget: (logKey: string) => Promise<void>;
  close: () => void;
}

/** So long after it was last read, a log that was deleted elsewhere is gone from here, too. */
export const UNUSED_MS = 60 * 60_000;
const SWEEP_EVERY_MS = 5 * 60_000;

// The redacted Parquet of the largest upload is far below; what is larger is not ours.
const LARGEST_LOG_BYTES = 1024 * 1024 * 1024;

/**
 * A bounded cache: files used longest ago go when together they exceed `maxBytes`, and any that nobody has read for an hour. Its state is the folder itself (times of
 * use are the files' own), so several processes may share one, and a restart keeps it. One download a file at a time.
 */
export async function openLogFiles(options: {
  store: ObjectStore;
  folder: string;
  maxBytes: number;
}): Promise<LogFiles> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const underWay = new Map<string, Promise<string>>();

  const fetchFile = async (logKey: string, file: string): Promise<string> => {
    const part = `${file}.${randomUUID()}.part`;
    try {
      const got = await options.store.getFile({ key: logKey, file: part, maxBytes: LARGEST_LOG_BYTES });
      if (!got) throw new AppError("NOT_FOUND", "The log's file is gone from the object store. Ask the phone again.");
      await rename(part, file);
    } finally {
      await rm(part, { force: true });
    }
    await evict(options.folder, { keep: file, maxBytes: options.maxBytes });
    return file;
  };

  const sweep = setInterval(() => void removeUnused(options.folder, Date.now() - UNUSED_MS), SWEEP_EVERY_MS).unref();

  return {
    folder: options.folder,
    forget: (logKey) => rm(path.join(options.folder, path.basename(logKey)), { force: true }),
    close: () => clearInterval(sweep),
    path: async (logKey) => {
      const file = path.join(options.folder, path.basename(logKey));
      const now = new Date();
      const cached = await utimes(file, now, now).then(
        () => true,
        () => false,
      );
      if (cached) return file;
      const running = underWay.get(file) ?? fetchFile(logKey, file).finally(() => underWay.delete(file));
      underWay.set(file, running);
      return running;
    },
  };
}

interface LocalFile {
  file: string;
  bytes: number;
  usedAtMs: number;
}

async function listFiles(folder: string): Promise<LocalFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".parquet"));
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      // Another process may evict at the same time.
      const found = await stat(file).catch(() => null);
      return { file, bytes: found?.size ?? 0, usedAtMs: found?.mtimeMs ?? 0 };
    }),
  );
}

/** Removes files that were last read before an instant. */
export async function removeUnused(folder: string, beforeMs: number): Promise<void> {
  for (const { file, usedAtMs } of await listFiles(folder).catch(() => []))
    if (usedAtMs < beforeMs) await rm(file, { force: true });
}

async function evict(folder: string, { keep, maxBytes }: { keep: string; maxBytes: number }): Promise<void> {
  const files = await listFiles(folder);
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { file, bytes } of files.toSorted((a, b) => a.usedAtMs - b.usedAtMs)) {
    if (total <= maxBytes) return;
    if (file === keep) continue;
    await rm(file, { force: true });
    total -= bytes;
  }
}
