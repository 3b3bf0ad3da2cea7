import { pino, type Logger } from "pino";

export type Log = Logger;

/** Fields that may hold a credential or a person's data; replaced wherever they appear in a log line. */
const REDACTED = ["token", "password", "username", "authorization", "cookie", "secret", "phoneNumber", "name", "url"];

/** The one logger of a process: JSON lines on standard output, with what must never be logged taken out by field name. */
export function createLog(processName: string, level = process.env.LOG_LEVEL ?? "info"): Log {
  return pino({
    level,
    base: { process: processName },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED.flatMap((field) => [field, `*.${field}`]), censor: "[redacted]" },
  });
}
