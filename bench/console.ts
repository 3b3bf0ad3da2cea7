import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildConsole, consoleIsCurrent } from "@/scripts/build.mjs";
import { openDatabase, openPool } from "@/lib/db/database";
import { freePort } from "@/stack/free-port";
import { REQUEST_NODE_ARGUMENTS } from "@/stack/node-arguments";
import { seedPractice } from "@/stack/practice/seed";
import { ensureSecrets, practiceEmail } from "@/stack/secrets";

/** The built console before a database of a bench, with a support agent to sign in. */
export interface BenchConsole {
  url: string;
  email: string;
  password: string;
  /** Signs so many support agents in, as each may ask only so often; gives the cookie headers of their sessions. */
  signIn: (agents: number) => Promise<string[]>;
  stop: () => Promise<void>;
}

const START_LIMIT_MS = 60_000;

/** Builds the console when its sources changed, and starts it as production does. */
export async function startConsole(databaseUrl: string): Promise<BenchConsole> {
  if (!(await consoleIsCurrent())) await buildConsole();
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-bench-console-"));
  const secrets = ensureSecrets(folder);
  const db = openDatabase({ url: databaseUrl, connections: 1, applicationName: "bench-seed" });
  await seedPractice(db, secrets).finally(() => db.close());
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(
    process.execPath,
    [
      ...REQUEST_NODE_ARGUMENTS,
      "node_modules/next/dist/bin/next",
      "start",
      "--hostname",
      "127.0.0.1",
      "--port",
      String(port),
    ],
    {
      env: {
        ...process.env,
        NODE_ENV: "production",
        PRACTICE: "1",
        LOG_LEVEL: "error",
        DATABASE_URL: databaseUrl,
        NEXTAUTH_URL: url,
        NEXTAUTH_SECRET: randomBytes(32).toString("hex"),
        SEALING_KEY: secrets.sealingKey,
        S3_ENDPOINT: "http://127.0.0.1:9",
        S3_BUCKET: "bench",
        S3_ACCESS_KEY_ID: secrets.s3AccessKeyId,
        S3_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
        BROKER_NODES: "[]",
      },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const [email, password] = [practiceEmail("support"), secrets.operatorPasswords.support];
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilHealthy(`http://127.0.0.1:${port}/api/healthz`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    email,
    password,
    signIn: async (agents) => {
      const cookies: string[] = [];
      for (const own of await addColleagues(databaseUrl, { email, count: agents }))
        cookies.push(await signIn({ port, url, email: own, password }));
      return cookies;
    },
    stop,
  };
}

/** So many copies of an operator, with the same password; gives their addresses. */
async function addColleagues(databaseUrl: string, of: { email: string; count: number }): Promise<string[]> {
  const pool = openPool({ url: databaseUrl, connections: 1, applicationName: "bench-seed" });
  const { rows } = await pool.query<{ email: string }>(
    `insert into operators (email, name, role, password_hash, practice)
     select n || '.' || email, name, role, password_hash, practice from operators, generate_series(1, $2::int) n where email = $1
     on conflict (email) do update set password_hash = excluded.password_hash returning email`,
    [of.email, of.count],
  );
  await pool.end();
  return rows.map(({ email }) => email);
}

async function untilHealthy(url: string): Promise<void> {
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end;) {
    const answer = await fetch(url).catch(() => null);
    if (answer && answer.status < 500) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`The console does not answer at ${url}`);
}

// As the sign-in page does it: a token against forged requests, then the password.
async function signIn(given: { port: number; url: string; email: string; password: string }): Promise<string> {
  const base = `http://127.0.0.1:${given.port}/api/auth`;
  const asked = await fetch(`${base}/csrf`);
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  const answer = await fetch(`${base}/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      cookie: cookiesOf(asked),
      origin: given.url,
    },
    body: new URLSearchParams({ csrfToken, email: given.email, password: given.password, json: "true" }),
  });
  const cookie = cookiesOf(answer);
  if (!cookie.includes("session")) throw new Error(`Signing in was answered ${answer.status}`);
  return cookie;
}

const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .join("; ");
