import { z } from "zod";
import { flag, readEnv } from "@/lib/env/read-env";
import type { SessionLimits } from "@/lib/operators/session-limits";
import { onceInProcess } from "./in-process";

const consoleEnvSchema = z.object({
  DATABASE_URL: z.string(),
  /** Where people reach the console; https makes every cookie Secure. */
  NEXTAUTH_URL: z.url(),
  NEXTAUTH_SECRET: z.string().min(32, "at least 32 characters; e.g. openssl rand -base64 32"),
  CONSOLE_HOST: z.string().default("127.0.0.1"),
  /** Practice accounts may sign in. */
  PRACTICE: flag(false),
  /** All phones are simulated, which every page says. */
  PRACTICE_FLEET: flag(false),
  /** Reverse proxies in front, each appending to X-Forwarded-For. 0: the console faces its callers itself. */
  CONSOLE_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(8).default(0),
  /** With it, /api/metrics asks for `Authorization: Bearer …`; without, it answers only while CONSOLE_HOST is loopback. */
  METRICS_TOKEN: z.string().min(16).optional(),
  /** A session ends so long after its last renewal; a visible tab renews it (lib/api-client/session.ts). OWASP ASVS 4, 3.3.2. */
  SESSION_IDLE_MINUTES: z.coerce.number().int().min(1).max(1_440).default(30),
  /** A session ends so long after sign-in, however busy. OWASP ASVS 4, 3.3.2 (level 2). */
  SESSION_ABSOLUTE_HOURS: z.coerce.number().int().min(1).max(168).default(12),
  /** Who signs in with a password of the console sets up a second factor before anything else; practice accounts go on without. */
  REQUIRE_SECOND_FACTOR: flag(false),
  /** How long names and numbers are shown whole for one purpose. */
  UNMASK_MINUTES: z.coerce.number().int().min(1).max(120).default(15),
});

export type ConsoleEnv = z.output<typeof consoleEnvSchema>;

/** The console's configuration, read at first use (not at import: a build has none). Throws naming what is missing. */
export const consoleEnv = (): ConsoleEnv => onceInProcess("console-env", () => readEnv(consoleEnvSchema));

/** How long a session lasts without being renewed, and at most. */
export const sessionLimits = (
  env: Pick<ConsoleEnv, "SESSION_IDLE_MINUTES" | "SESSION_ABSOLUTE_HOURS">,
): SessionLimits => ({
  idleSeconds: env.SESSION_IDLE_MINUTES * 60,
  absoluteSeconds: env.SESSION_ABSOLUTE_HOURS * 3_600,
});

/** True when people reach the console by https, so that cookies may be Secure and bound to the host. */
export const isHttps = (env: Pick<ConsoleEnv, "NEXTAUTH_URL">): boolean => env.NEXTAUTH_URL.startsWith("https:");
