import { randomInt } from "node:crypto";
import { isFree } from "./ports.mjs";

/**
 * A free TCP port on loopback below 32768, where no outgoing connection can take it meanwhile. Another process may still
 * listen on it before the caller does.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(12_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error("No free port was found between 12000 and 32000.");
}
