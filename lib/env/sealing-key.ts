import { AppError } from "@/lib/errors";

const KEY_BYTES = 32;

type Given = Readonly<Record<string, string | undefined>>;

/**
 * `SEALING_KEY`: 32 bytes in base64, with which what must be read again (secrets that sign webhooks, payloads) is kept in the database.
 * Console, worker and publisher share it. Throws UNAVAILABLE, naming it, when it is missing or has another length.
 */
export function sealingKey(given: Given = process.env): Buffer {
  const key = Buffer.from(given.SEALING_KEY ?? "", "base64");
  if (key.length === KEY_BYTES) return key;
  throw new AppError(
    "UNAVAILABLE",
    "SEALING_KEY is not set to 32 bytes in base64, so nothing secret can be kept. Set the same for console, worker and publisher.",
  );
}

/**
 * The keys that open what is kept: `SEALING_KEY`, with which it is sealed, and those of `SEALING_KEYS_OTHER` (separated by commas), while
 * one takes the place of another. Throws UNAVAILABLE as `sealingKey`, also for another of a wrong length.
 */
export function openingKeys(given: Given = process.env): [Buffer, ...Buffer[]] {
  const others = (given.SEALING_KEYS_OTHER ?? "").split(",").filter((text) => text.trim() !== "");
  return [
    sealingKey(given),
    ...others.map((text) => {
      const key = Buffer.from(text, "base64");
      if (key.length === KEY_BYTES) return key;
      throw new AppError("UNAVAILABLE", "A key of SEALING_KEYS_OTHER is not 32 bytes in base64.");
    }),
  ];
}
