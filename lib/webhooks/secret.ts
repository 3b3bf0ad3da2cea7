import { randomBytes } from "node:crypto";

// Standard Webhooks: 24 to 64 bytes in base64, after a prefix that tells a found one for what it is.
const SECRET_BYTES = 32;

/** A new secret that signs webhooks, as `standardwebhooks` libraries take it. */
export const makeWebhookSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
