import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

// AES-256-GCM: a nonce of 12 bytes and a tag of 16 before the text. [NIST SP 800-38D]
const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** By how much what is sealed is longer. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;

interface Sealing {
  key: Buffer;
  about: string;
}

/**
 * Encrypts bytes that must be read again later, for keeping in the database. `key` has 32 bytes. `about` names what they belong to (a
 * row's id), so that what was sealed and moved to another row does not open.
 */
export function sealBytes(bytes: Uint8Array, { key, about }: Sealing): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Uint8Array.from(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
}

/** What `sealBytes` was given. Throws when the key or `about` is another, or the bytes were changed. */
export function unsealBytes(sealed: Uint8Array, { key, about }: Sealing): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(about))
    .setAuthTag(bytes.subarray(NONCE_BYTES, SEAL_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(SEAL_BYTES)), decipher.final()]);
}

/** `sealBytes` of a text in UTF-8. */
export const seal = (text: string, sealing: Sealing): Uint8Array<ArrayBuffer> =>
  sealBytes(Buffer.from(text, "utf8"), sealing);

/** The text `seal` was given. Throws as `unsealBytes`. */
export const unseal = (sealed: Uint8Array, sealing: Sealing): string => unsealBytes(sealed, sealing).toString("utf8");
