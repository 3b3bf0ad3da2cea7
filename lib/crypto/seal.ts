import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

// AES-256-GCM: a nonce of 12 bytes and a tag of 16 before the text. [NIST SP 800-38D]
const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a secret that must be read again later, for keeping in the database. `key` has 32 bytes. `about` names what it belongs
 * to (a row's id), so that a sealed secret moved to another row does not open.
 */
export function seal(text: string, { key, about }: { key: Buffer; about: string }): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Uint8Array.from(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
}

/** What `seal` was given. Throws when the key or `about` is another, or the bytes were changed. */
export function unseal(sealed: Uint8Array, { key, about }: { key: Buffer; about: string }): string {
  const bytes = Buffer.from(sealed);
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(about))
    .setAuthTag(bytes.subarray(NONCE_BYTES, tagEnd));
  return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]).toString("utf8");
}
