import { z } from "zod";

const command = z.looseObject({ id: z.string().min(1).max(64) });
// Commands are small; a larger payload is not read for one.
const MOST_BYTES = 16_384;

/** The id of the command a payload carries to a client (contract 1), by which the app answers; null for anything else. */
export function commandIdOf(payload: Uint8Array): string | null {
  // {
  if (payload[0] !== 0x7b || payload.length > MOST_BYTES) return null;
  try {
    return command.safeParse(JSON.parse(new TextDecoder().decode(payload))).data?.id ?? null;
  } catch {
    return null;
  }
}
