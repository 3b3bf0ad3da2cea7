import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { Halt } from "../bootstrap/halt.mjs";
import { isFree } from "../ports.mjs";
import { findPrograms, makeDataFolder, reachableFolder } from "./data-folder";
import { serverUser } from "./server-user";

export interface EmbeddedPostgresOptions {
  folder: string;
  port: number;
  user: string;
  password: string;
  /** Where the server's own messages go. */
  logFile: string;
  /** Settings beside the defaults, e.g. `fsync=off`. */
  settings?: readonly string[];
}

export interface EmbeddedPostgres {
  pid: number;
  /** URL of a database of this server. */
  urlOf: (database: string) => string;
  /** Settles when the server is gone, however it went; the text says how. */
  exited: Promise<string>;
  /** Ends sessions and stops; returns when the server is gone. Safe to call twice. */
  stop: () => Promise<void>;
}

// 128 MB of shared buffers holds the practice data many times over; 100 connections are twice all processes' pools.
const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "shared_buffers=128MB",
  "max_connections=100",
];
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 20_000;
const WRONG_PASSWORD = "28P01"; // SQLSTATE invalid_password

/**
 * PostgreSQL from its npm package, over a folder of ours.
 * States of the folder: absent → made (`makeDataFolder`) → running → stopped. A server that outlived the process that
 * started it is taken over, so that a killed stack starts again; a stale `postmaster.pid` is removed.
 * It trades the safety of a system service for needing nothing installed.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const programs = await findPrograms();
  const folder = reachableFolder(options);
  const runAs = serverUser(folder);
  await makeDataFolder({ folder, user: options.user, password: options.password, runAs, initdb: programs.initdb });

  const left = pidLeftRunning(folder);
  if (left === null && !(await isFree(options.port)))
    throw new Halt(
      `Port ${options.port} (PostgreSQL) is in use. Stop what uses it, or choose another: POSTGRES_PORT=${options.port + 1}`,
    );
  const pid = left ?? spawnServer();
  const urlOf = (database: string): string =>
    `postgresql://${options.user}:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/${database}`;
  await untilAnswers(urlOf("postgres"), pid, options.logFile);

  let stopping = false;
  return {
    pid,
    urlOf,
    exited: watchUntilGone(pid).then(() => (stopping ? "stopped" : lastWords(options.logFile))),
    stop: async () => {
      if (!stopping) signal(pid, "SIGINT"); // PostgreSQL's fast shutdown
      stopping = true;
      for (const end = Date.now() + STOP_LIMIT_MS; isAlive(pid) && Date.now() < end;) await wait(20);
      if (isAlive(pid)) signal(pid, "SIGQUIT"); // immediate: it recovers at the next start
    },
  };

  function spawnServer(): number {
    mkdirSync(path.dirname(options.logFile), { recursive: true, mode: 0o700 });
    const log = openSync(options.logFile, "a");
    const settings = [`port=${options.port}`, ...SETTINGS, ...(options.settings ?? [])];
    // detached: Ctrl-C in the terminal must not reach it before the processes that use it have closed
    const child = spawn(programs.postgres, ["-D", folder, ...settings.flatMap((setting) => ["-c", setting])], {
      ...runAs,
      cwd: "/",
      detached: true,
      env: { ...process.env, LC_ALL: "C", LC_MESSAGES: "C" },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.unref();
    if (child.pid === undefined) throw new Error(`PostgreSQL could not be started: ${programs.postgres}`);
    return child.pid;
  }
}

/** Makes the database unless it exists. */
export const ensureDatabase = (server: EmbeddedPostgres, name: string): Promise<void> =>
  asAdministrator(server, async (client) => {
    const found = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });

/** Makes a role that may sign in and nothing else, unless it exists; its password is the given one afterwards. */
export const ensureRole = (server: EmbeddedPostgres, role: { name: string; password: string }): Promise<void> =>
  asAdministrator(server, async (client) => {
    const found = await client.query("select 1 from pg_roles where rolname = $1", [role.name]);
    const verb = found.rowCount === 0 ? "create" : "alter";
    const password = client.escapeLiteral(role.password);
    await client.query(`${verb} role ${client.escapeIdentifier(role.name)} login password ${password}`);
  });

async function asAdministrator(server: EmbeddedPostgres, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server.urlOf("postgres") });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

// The file's first line is the server's process id. After a restart of the machine that number may be anyone's, and
// PostgreSQL would then refuse to start, so the name of the process decides.
function pidLeftRunning(folder: string): number | null {
  const pidFile = path.join(folder, "postmaster.pid");
  let pid: number;
  try {
    pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  } catch {
    return null;
  }
  if (isAlive(pid) && isPostgres(pid)) return pid;
  rmSync(pidFile, { force: true });
  return null;
}

function isPostgres(pid: number): boolean {
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("postgres");
  } catch {
    return false;
  }
}

async function untilAnswers(url: string, pid: number, logFile: string): Promise<void> {
  const end = Date.now() + START_LIMIT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    // a server that goes while we ask is seen by the next line, not as an uncaught event
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (cause) {
      if ((cause as { code?: string }).code === WRONG_PASSWORD)
        throw new Halt(
          "The embedded database has another password than secrets.json. Remove the data folder to start anew.",
        );
      if (!isAlive(pid)) throw new Error(`PostgreSQL did not start. ${lastWords(logFile)}`, { cause });
      if (Date.now() > end) throw new Error(`PostgreSQL does not answer; see ${logFile}`, { cause });
    }
    await wait(50);
  }
}

// Asked, not told: a server taken over is nobody's child.
async function watchUntilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await wait(250);
}

function isAlive(pid: number): boolean {
  return signal(pid, 0);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function lastWords(logFile: string): string {
  try {
    const lines = readFileSync(logFile, "utf8").trimEnd().split("\n");
    return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? "";
  } catch {
    return "";
  }
}
