/** The largest payload taken: the common limit of hosted brokers, and far above what our messages need. */
export const MAX_PAYLOAD_BYTES = 256_000;

/** Bytes of a text in UTF-8, as a payload counts. */
export const textBytes = (text: string): number => new TextEncoder().encode(text).length;

/** How a payload is written down. */
export const PAYLOAD_FORMATS = ["json", "text", "hex", "base64"] as const;
export type PayloadFormat = (typeof PAYLOAD_FORMATS)[number];
