import { mkdirSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { openDatabase } from "@/lib/db/database";
import { prepareDatabase } from "@/lib/db/prepare-database";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { ROLES } from "@/lib/rbac/permissions";
import { say, step } from "./bootstrap/terminal.mjs";
import { embeddedParts } from "./embedded.mjs";
import { consoleUrl } from "./environment";
import { prepareHaproxy } from "./haproxy/prepare-haproxy";
import { ensureIssuer } from "./practice/issuer";
import { seedPractice } from "./practice/seed";
import { postgresService } from "./postgres/postgres-service";
import { createReport } from "./report";
import { ensureSecrets, practiceEmail, SECOND_ENGINEER, type Secrets } from "./secrets";
import { listServices, logFileOf } from "./services";
import { createShutdown, type Shutdown } from "./shutdown";
import { supervise, type Service, type Supervised, type SupervisionEvent } from "./supervise";

export interface StackOptions {
  mode: "start" | "dev";
  /** In dev: calls back with the name of each process whose bundle was made again. */
  watch?: (onRebuilt: (name: string) => void) => Promise<() => Promise<void>>;
}

/**
 * Runs the whole product on this machine until a signal: prepares what is embedded, migrates, makes practice accounts,
 * starts the processes in order and keeps them running. Returns when everything has stopped. Throws when the database
 * cannot be had; a process that does not start is tried again, and that is said.
 */
export async function runStack({ mode, watch }: StackOptions): Promise<void> {
  const parts = embeddedParts(process.env);
  const dataFolder = path.resolve(process.env.DATA_FOLDER || ".data");
  // As root the database server runs as another user, who must be able to pass; what is inside has modes of its own.
  mkdirSync(dataFolder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const secrets = ensureSecrets(dataFolder);
  if (parts.issuer) await ensureIssuer(dataFolder);

  const logFile = (name: string): string => shown(logFileOf(dataFolder, name));
  const report = createReport({ now: Date.now, logFile });
  const shutdown = createShutdown();
  try {
    const database = process.env.DATABASE_URL
      ? { url: process.env.DATABASE_URL, ownerUrl: process.env.DATABASE_OWNER_URL || process.env.DATABASE_URL }
      : await startPostgres({ dataFolder, secrets, shutdown, tell: report.onEvent });
    const databaseUrl = database.url;
    await step("Preparing the database", async () => {
      await prepareDatabase({
        ...database,
        keepAuditYears: readEnv(databaseEnv).KEEP_AUDIT_YEARS,
        log: createLog("stack"),
      });
      if (parts.practice) await seed(databaseUrl, secrets);
    });
    const services = listServices({ mode, secrets, databaseUrl, dataFolder, parts, onError: report.onError });
    if (parts.haproxy) {
      const balancer = { dataFolder, logFile: logFileOf(dataFolder, "haproxy") };
      const haproxy = await step("Preparing HAProxy", () => prepareHaproxy(balancer));
      // Behind what it balances, before the fleet.
      services.splice(-1, 0, [haproxy]);
    }
    say();
    const supervised = await startServices(services, shutdown, report.onEvent);
    if (shutdown.asked()) return;
    sayHowToSignIn(parts.practice ? secrets : null, shown(dataFolder));
    process.send?.({ type: "ready" });
    const unwatch = await watch?.((name) => void supervised.find((one) => one.name === name)?.restart());
    await shutdown.wanted;
    await unwatch?.();
  } finally {
    await shutdown.run();
  }
}

/** Short where it is under the folder we run in. */
function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}

type Tell = (event: SupervisionEvent) => void;

// The first start is our own, so that its failure ends the whole with its reason; from then on it is kept running.
async function startPostgres(options: {
  dataFolder: string;
  secrets: Secrets;
  shutdown: Shutdown;
  tell: Tell;
}): Promise<{ url: string; ownerUrl: string }> {
  const service = postgresService(options.dataFolder, options.secrets);
  const running = await step("Starting PostgreSQL", () => service.start());
  options.shutdown.add([supervise(service, { tell: options.tell, started: running })]);
  return { url: service.databaseUrl, ownerUrl: service.ownerUrl };
}

/** What preparing the database asks of the environment. */
const databaseEnv = z.object({ KEEP_AUDIT_YEARS: z.coerce.number().int().min(1).max(100).default(6) });

async function seed(databaseUrl: string, secrets: Secrets): Promise<void> {
  const db = openDatabase({ url: databaseUrl, connections: 2, applicationName: "liveconnect-stack" });
  await seedPractice(db, secrets).finally(() => db.close());
}

async function startServices(waves: Service[][], shutdown: Shutdown, tell: Tell): Promise<Supervised[]> {
  const supervised: Supervised[] = [];
  for (const wave of waves) {
    if (shutdown.asked()) break;
    const group = wave.map((service) => supervise(service, { tell }));
    shutdown.add(group);
    supervised.push(...group);
    await Promise.race([Promise.all(group.map((one) => one.firstStart)), shutdown.wanted]);
  }
  return supervised;
}

function sayHowToSignIn(practice: Secrets | null, dataFolder: string): void {
  say(`\n  Sign in at ${consoleUrl()}/sign-in`);
  if (practice) {
    for (const role of ROLES) say(`    ${practiceEmail(role).padEnd(28)} ${practice.operatorPasswords[role]}`);
    say(`    ${SECOND_ENGINEER.padEnd(28)} ${practice.operatorPasswords.engineer}`);
  } else say("    The database was given, so there are no practice accounts (PRACTICE=1 makes them).");
  say(`\n  Ctrl-C stops everything. Data and logs stay in ${dataFolder}.\n`);
}
