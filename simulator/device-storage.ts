import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DeviceEvent } from "./device-events";

/** What an agent has to know after the system ended its process: answers it gave, and logs it promised. */
export interface DeviceStorage {
  /** The event that answered a command before; null when there was none, or too many came since. */
  findAnswer: (key: string) => Promise<DeviceEvent | null>;
  keepAnswer: (key: string, event: DeviceEvent) => Promise<void>;
  /** Keeps the bytes of a prepared log until they are discarded. */
  freeze: (requestId: string, body: Buffer) => Promise<void>;
  thaw: (requestId: string) => Promise<Buffer | null>;
  discard: (requestId: string) => Promise<void>;
}

// A broker repeats a command within minutes, or when the phone wakes: the last hundred are plenty.
const MOST_ANSWERS = 100;
// Nobody waits for a log this old: requests end sooner.
const FROZEN_LIFE_MS = 24 * 3_600_000;

/**
 * A folder of its own for one phone, made when first written to: `answers.json`, replaced in one step so that a crash leaves the old or
 * the new, and one file a prepared log. Calls may overlap; writes are done one at a time.
 */
export function openDeviceStorage({ folder, now }: { folder: string; now: () => number }): DeviceStorage {
  const answersFile = path.join(folder, "answers.json");
  let answers: Promise<Map<string, DeviceEvent>> | null = null;
  let lastWrite: Promise<void> = Promise.resolve();

  const readAnswers = (): Promise<Map<string, DeviceEvent>> => (answers ??= answersIn(answersFile));
  const write = async (known: ReadonlyMap<string, DeviceEvent>): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await writeFile(`${answersFile}.new`, JSON.stringify([...known]));
    await rename(`${answersFile}.new`, answersFile);
  };
  const frozenFile = (requestId: string): string => {
    // An id is the server's to choose; as a file name it could be anything.
    const name = createHash("sha256").update(requestId).digest("hex").slice(0, 32);
    return path.join(folder, `${name}.frozen`);
  };

  return {
    findAnswer: async (key) => (await readAnswers()).get(key) ?? null,
    keepAnswer: async (key, event) => {
      const known = await readAnswers();
      known.delete(key);
      known.set(key, event);
      for (const oldest of known.keys()) {
        if (known.size <= MOST_ANSWERS) break;
        known.delete(oldest);
      }
      lastWrite = lastWrite.then(
        () => write(known),
        () => write(known),
      );
      await lastWrite;
    },
    freeze: async (requestId, body) => {
      await mkdir(folder, { recursive: true });
      await forgetOldFiles(folder, now() - FROZEN_LIFE_MS);
      await writeFile(frozenFile(requestId), body);
    },
    thaw: (requestId) => readFile(frozenFile(requestId)).catch(nullWhenAbsent),
    discard: (requestId) => rm(frozenFile(requestId), { force: true }),
  };
}

async function answersIn(file: string): Promise<Map<string, DeviceEvent>> {
  const text = await readFile(file, "utf8").catch(nullWhenAbsent);
  return new Map(text === null ? [] : (JSON.parse(text) as [string, DeviceEvent][]));
}

async function forgetOldFiles(folder: string, beforeMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (name.endsWith(".frozen") && (await stat(file)).mtimeMs < beforeMs) await rm(file, { force: true });
  }
}

function nullWhenAbsent(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
