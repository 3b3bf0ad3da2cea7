import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

// OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. About 30 ms on the machines of CI.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** argon2id in PHC form, with a salt of its own. */
export const hashPassword = (password: string): Promise<string> => hash(password, COST);

/**
 * True when the password is the one that was hashed. Without a hash it works as long and is false, so that time does not tell
 * who has an account.
 */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  nobody ??= hashPassword(randomBytes(32).toString("base64"));
  const matches = await verify(passwordHash ?? (await nobody), password);
  return matches && passwordHash !== null;
}

let nobody: Promise<string> | undefined;
