import { z } from "zod";
import { brokerNodes } from "@/lib/env/broker-nodes";
import { port } from "@/lib/env/read-env";
import { objectStoreEnv } from "@/lib/storage/object-store-env";

const days = (fallback: number) => z.coerce.number().int().min(1).max(3_650).default(fallback);

export const workerEnv = z.object({
  DATABASE_URL: z.string(),
  WORKER_HOST: z.string().default("127.0.0.1"),
  WORKER_PORT: port(3300),
  BROKER_NODES: brokerNodes,
  /** A key of the broker's admin API with the scopes metrics, status, health, mgmt, api2. */
  BROKER_API_KEY: z.string().min(1),
  ...objectStoreEnv,
  /** Jobs of the queue that this process runs at once; each log ingest may take half a gigabyte. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(32).default(2),
  /** How often a subscriber node's whole session list is compared with what is stored. */
  SWEEP_EVERY_SECONDS: z.coerce.number().int().min(10).max(86_400).default(600),
  /** Samples every five seconds, and their roll-ups by minute and by hour. */
  KEEP_SERIES_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 3_650)
    .default(48),
  KEEP_SERIES_MINUTES_DAYS: days(30),
  KEEP_SERIES_HOURS_DAYS: days(730),
  /** How e-mail leaves, e.g. smtps://user:password@mail.example:465; without it channels of that kind fail and say so. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().default("LiveConnect <liveconnect@localhost>"),
  /** Where people reach the console, for the links in notices. */
  CONSOLE_URL: z.url().optional(),
  /** How often the audit's head is told to the object store: what could be cut off its end unnoticed. */
  AUDIT_ANCHOR_EVERY_MINUTES: z.coerce.number().int().min(1).max(30).default(10),
  KEEP_SESSIONS_DAYS: days(400),
  KEEP_LOGS_DAYS: days(30),
  /** Logs as they came, encrypted; no longer than the redacted ones. */
  KEEP_ORIGINALS_DAYS: days(7),
  KEEP_MESSAGES_DAYS: days(30),
});

export type WorkerEnv = z.output<typeof workerEnv>;
