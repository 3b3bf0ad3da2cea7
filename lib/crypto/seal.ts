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

/** By which of several keys it opens is tried, one after the other: a wrong one is found out by the tag. */
export interface Opening {
  keys: readonly Buffer[];
  about: string;
}

/**
 * Encrypts bytes that must be read again later, for keeping in the database. `key` has 32 bytes. `about` names what they belong to (a
 * row's id), so that what was sealed and moved to another row does not open.
 */
export function sealBytes(bytes: Uint8Array, { key, about }: Sealing): Uint8Array<ArrayBuffer> {
  const nonce = nextNonce();
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(about));
  const sealed = new Uint8Array(SEAL_BYTES + bytes.length);
  sealed.set(nonce);
  sealed.set(cipher.update(bytes), SEAL_BYTES);
  // GCM is a stream cipher: nothing is left to come, but the tag needs the end
  cipher.final();
  sealed.set(cipher.getAuthTag(), NONCE_BYTES);
  return sealed;
}

// Asking for random bytes costs as much as sealing a small payload: many nonces are asked for at once.
const NONCES = 512;
let nonces = Buffer.alloc(0);

function nextNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(NONCES * NONCE_BYTES);
  const nonce = nonces.subarray(0, NONCE_BYTES);
  nonces = nonces.subarray(NONCE_BYTES);
  return nonce;
}

/** What `sealBytes` was given. Throws when it was with none of the keys, `about` is another, or the bytes were changed. */
export function unsealBytes(sealed: Uint8Array, { keys, about }: Opening): Buffer {
  let failure: unknown = new Error("There is no key to open it with");
  for (const key of keys)
    try {
      return unsealWith(sealed, { key, about });
    } catch (error) {
      failure = error;
    }
  throw failure;
}

/** What another of the keys sealed, sealed with the first; null where that opens it. Throws as `unsealBytes`. */
export function resealBytes(sealed: Uint8Array, { keys, about }: Opening): Uint8Array<ArrayBuffer> | null {
  const [key, ...others] = keys;
  if (!key) throw new Error("There is no key to seal it with");
  try {
    unsealWith(sealed, { key, about });
    return null;
  } catch {
    return sealBytes(unsealBytes(sealed, { keys: others, about }), { key, about });
  }
}

function unsealWith(sealed: Uint8Array, { key, about }: Sealing): Buffer {
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
export const unseal = (sealed: Uint8Array, opening: Opening): string => unsealBytes(sealed, opening).toString("utf8");
