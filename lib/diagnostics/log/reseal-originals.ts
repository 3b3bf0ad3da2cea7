import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Resealed } from "@/lib/crypto/reseal-column";
import { sealStream, unsealStream } from "@/lib/crypto/seal-stream";
import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { aboutOriginal, LARGEST_BYTES, originalKeyOf, ORIGINALS } from "./original";

/**
 * Machine write of `npm run seal:rotate`: as `resealColumn`, of the originals in the object store. Each is replaced as a whole, and one that
 * was removed meanwhile stays removed.
 */
export async function resealOriginals(
  { db }: Context,
  { store, keys, tell }: { store: ObjectStore; keys: readonly Buffer[]; tell: (soFar: Resealed) => void },
): Promise<Resealed> {
  const soFar: Resealed = { looked: 0, resealed: 0, unopened: [] };
  for (let names = await store.list({ prefix: ORIGINALS, after: "" }); names.length > 0;) {
    for (const name of names) {
      const logRequestId = name.slice(ORIGINALS.length);
      const outcome = await resealOne(store, { logRequestId, keys });
      if (outcome === "unopened") soFar.unopened.push(logRequestId);
      if (outcome === "resealed") {
        soFar.resealed += 1;
        const kept = await db.pool.query("select from log_requests where id = $1 and original_key is not null", [
          logRequestId,
        ]);
        if (kept.rowCount === 0) await store.delete(name);
      }
      soFar.looked += 1;
      tell(soFar);
    }
    names = await store.list({ prefix: ORIGINALS, after: names.at(-1) ?? "" });
  }
  return soFar;
}

async function resealOne(
  store: ObjectStore,
  { logRequestId, keys }: { logRequestId: string; keys: readonly Buffer[] },
): Promise<"resealed" | "unopened" | null> {
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-reseal-"));
  const [file, again] = [path.join(folder, "before"), path.join(folder, "after")];
  const about = aboutOriginal(logRequestId);
  const opened = (by: readonly Buffer[]) => unsealStream(createReadStream(file), { keys: by, about });
  try {
    const key = originalKeyOf(logRequestId);
    const [first, ...others] = keys;
    if (!first || !(await store.getFile({ key, file, maxBytes: LARGEST_BYTES }))) return null;
    if (await begins(opened([first]))) return null;
    if (!(await begins(opened(others)))) return "unopened";
    await pipeline(opened(others), (bytes) => sealStream(bytes, { key: first, about }), createWriteStream(again));
    await store.putFile({ key, file: again, contentType: "application/octet-stream" });
    return "resealed";
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the first frame opens. */
async function begins(frames: AsyncGenerator<Buffer>): Promise<boolean> {
  try {
    await frames.next();
    return true;
  } catch {
    // Another key sealed it: that is the question.
    return false;
  } finally {
    await frames.return(undefined);
  }
}
