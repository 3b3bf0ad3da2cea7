import { AppError } from "@/lib/errors";

// Node: no connection. PostgreSQL 08*, 57P0*: connection failures, shutdown. Prisma P1001, P1002, P1008, P1017, P2024, P2028: the same, or
// none to be had in time.
const CODES = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|08...|57P0.|P1001|P1002|P1008|P1017|P2024|P2028)$/;

// pg and its pool say these without a code: none came in time, one was cut, one said nothing within its query_timeout.
const SENTENCES = /timeout exceeded when trying to connect|^Connection terminated|^Query read timeout/;

/** Whether an error, or what caused it, says that the database does not answer: what fails so may work in a moment. */
export function isDatabaseDown(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof AppError) return false;
  if ("code" in error && typeof error.code === "string" && CODES.test(error.code)) return true;
  return SENTENCES.test(error.message) || isDatabaseDown(error.cause);
}
