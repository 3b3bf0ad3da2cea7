import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { promisify } from "node:util";
import { migrate } from "@/lib/db/migrate";
import { freePort } from "@/stack/free-port";
import { ensureDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from "@/stack/postgres/embedded-postgres";

const run = promisify(execFile);
const DATABASE = "liveconnect";

/** A PostgreSQL of the suite's own, with what may happen to one. */
export interface DatabaseServer {
  readonly url: string;
  start: () => Promise<void>;
  /** As a power cut: every backend ends in the middle of what it does, and the next start recovers. */
  crash: () => Promise<void>;
  stop: () => Promise<void>;
  /** Makes it run and answer, whatever was done to it. */
  mend: () => Promise<void>;
  /** Nothing answers, and connections stay open. */
  freeze: () => Promise<void>;
  thaw: () => Promise<void>;
}

/** Starts it in a folder and migrates. */
export async function startDatabaseServer(folder: string): Promise<DatabaseServer> {
  const options = {
    folder: path.join(folder, "postgres"),
    port: await freePort(),
    user: "liveconnect",
    password: randomBytes(16).toString("hex"),
    logFile: path.join(folder, "logs", "postgres.log"),
    // A crash of the server loses nothing by it, and one of the machine loses the run anyway.
    settings: ["fsync=off"],
  };
  let server: EmbeddedPostgres = await startEmbeddedPostgres(options);
  const stopAtExit = (): void => {
    try {
      process.kill(server.pid, "SIGQUIT");
    } catch {
      // it has ended already, which is what was wanted
    }
  };
  process.once("exit", stopAtExit);
  await ensureDatabase(server, DATABASE);
  const url = server.urlOf(DATABASE);
  await migrate({ url });

  const isRunning = (): boolean => {
    try {
      return process.kill(server.pid, 0);
    } catch {
      return false;
    }
  };
  const signalAll = async (signal: NodeJS.Signals): Promise<void> => {
    const { stdout } = await run("pgrep", ["-P", String(server.pid)]).catch(() => ({ stdout: "" }));
    const backends = stdout.split("\n").filter(Boolean).map(Number);
    process.kill(server.pid, signal);
    for (const pid of backends)
      try {
        process.kill(pid, signal);
      } catch {
        // It ended by itself meanwhile, as a connection's process does.
      }
  };
  const start = async (): Promise<void> => {
    server = await startEmbeddedPostgres(options);
  };
  return {
    url,
    start,
    mend: () => (isRunning() ? signalAll("SIGCONT") : start()),
    crash: async () => {
      process.kill(server.pid, "SIGQUIT");
      await server.exited;
    },
    stop: async () => {
      process.off("exit", stopAtExit);
      await server.stop();
    },
    freeze: () => signalAll("SIGSTOP"),
    thaw: () => signalAll("SIGCONT"),
  };
}
