import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type Browser, type Page } from "@playwright/test";
import { buildConsole, consoleIsCurrent } from "@/scripts/build.mjs";
import { openDatabase, openPool } from "@/lib/db/database";
import type { Role } from "@/lib/rbac/permissions";
import type { ObjectStoreEnv } from "@/lib/storage/object-store-env";
import { freePort } from "@/stack/free-port";
import { REQUEST_NODE_ARGUMENTS } from "@/stack/node-arguments";
import { seedPractice } from "@/stack/practice/seed";
import { ensureSecrets, practiceEmail } from "@/stack/secrets";

/** The built console before a database of a bench, with an operator to sign in. */
export interface BenchConsole {
  url: string;
  /** Signs so many colleagues of theirs in, as each may ask only so often; gives the cookie headers of their sessions. */
  signIn: (agents: number) => Promise<string[]>;
  /** A page of a browser, signed in. */
  openPage: (browser: Browser) => Promise<Page>;
  stop: () => Promise<void>;
}

const START_LIMIT_MS = 60_000;
// Where Linux distributions put it; elsewhere Playwright's own.
const CHROMIUM = "/usr/bin/chromium";

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch(existsSync(CHROMIUM) ? { executablePath: CHROMIUM } : {});

/** Builds the console when its sources changed, and starts it as production does, for an operator of a role and with the logs of a store. */
export async function startConsole(
  databaseUrl: string,
  { role = "support", store }: { role?: Role; store?: ObjectStoreEnv } = {},
): Promise<BenchConsole> {
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
        ...store,
        LOG_CACHE_FOLDER: path.join(folder, "logs"),
        BROKER_NODES: "[]",
      },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const [email, password] = [practiceEmail(role), secrets.operatorPasswords[role]];
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
    openPage: async (browser) => {
      const page = await browser.newPage();
      await page.goto(`${url}/sign-in`);
      await page.locator("input[name=email]").fill(email);
      await page.locator("input[name=password]").fill(password);
      await page.locator("form button[type=submit]").click();
      await page.waitForURL(({ pathname }) => pathname !== "/sign-in");
      return page;
    },
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
