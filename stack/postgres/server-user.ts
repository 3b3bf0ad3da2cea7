import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { Halt } from "../bootstrap/halt.mjs";

/** Who the database server runs as: PostgreSQL refuses root. Empty: as whoever started us. */
export type ServerUser = { uid: number; gid: number } | Record<string, never>;

/**
 * The user for a server over `folder`: none unless we are root; then the owner of an existing folder (so that its files
 * stay readable whatever users are installed later), else `postgres`, else `nobody`.
 */
export function serverUser(folder: string): ServerUser {
  if (process.getuid?.() !== 0) return {};
  if (existsSync(folder)) {
    const { uid, gid } = statSync(folder);
    if (uid !== 0) return { uid, gid };
  }
  for (const name of ["postgres", "nobody"]) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== null && gid !== null) return { uid, gid };
  }
  throw new Halt(
    "PostgreSQL refuses to run as root, and neither a user postgres nor nobody exists. Start as an ordinary user.",
  );
}

/** Whether every folder above `target` lets other users pass; a clone under /root or in a 0700 folder does not. */
export function isPassable(target: string): boolean {
  for (let folder = path.dirname(path.resolve(target)); ; folder = path.dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

/** A copy of the server's programs where another user can reach them; made once for a version of them. */
export function passableCopy(programsFolder: string): string {
  const stamp = createHash("sha256")
    .update(`${programsFolder} ${statSync(programsFolder).mtimeMs}`)
    .digest("hex");
  const copy = `/var/tmp/liveconnect-postgres-${stamp.slice(0, 12)}`;
  if (existsSync(copy)) return copy;
  const making = `${copy}.${process.pid}`;
  cpSync(programsFolder, making, { recursive: true, verbatimSymlinks: true });
  renameSync(making, copy);
  return copy;
}

function idOf(flag: "-u" | "-g", name: string): number | null {
  try {
    return Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return null;
  }
}
