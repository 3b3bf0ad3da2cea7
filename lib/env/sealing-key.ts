import { AppError } from "@/lib/errors";

const KEY_BYTES = 32;

/**
 * `SEALING_KEY`: 32 bytes in base64, with which secrets that must be read again (those that sign webhooks) are kept in the database.
 * The console and the worker share it. Throws UNAVAILABLE, naming it, when it is missing or has another length.
 */
export function sealingKey(): Buffer {
  const key = Buffer.from(process.env.SEALING_KEY ?? "", "base64");
  if (key.length === KEY_BYTES) return key;
  throw new AppError(
    "UNAVAILABLE",
    "SEALING_KEY is not set to 32 bytes in base64, so no signing secret can be kept. Set it for the console and the worker.",
  );
}
