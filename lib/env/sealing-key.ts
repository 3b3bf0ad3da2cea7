import { AppError } from "@/lib/errors";

const KEY_BYTES = 32;

/**
 * `SEALING_KEY`: 32 bytes in base64, with which what must be read again (secrets that sign webhooks, payloads) is kept in the database.
 * Console, worker and publisher share it. Throws UNAVAILABLE, naming it, when it is missing or has another length.
 */
export function sealingKey(): Buffer {
  const key = Buffer.from(process.env.SEALING_KEY ?? "", "base64");
  if (key.length === KEY_BYTES) return key;
  throw new AppError(
    "UNAVAILABLE",
    "SEALING_KEY is not set to 32 bytes in base64, so nothing secret can be kept. Set the same for console, worker and publisher.",
  );
}
