import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export interface PutOptions {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** Promised in Content-Length; the body's own unless given. The request waits for the missing ones. */
  bytes?: number;
  /** Sends no faster than this; as fast as the network takes it unless given. */
  bytesPerSecond?: number;
  signal: AbortSignal;
  onQuarter: (sentBytes: number) => void;
}

/** PUTs bytes and gives the HTTP status; throws when there is none. */
export type PutBytes = (options: PutOptions) => Promise<number>;

const CHUNK_BYTES = 16 * 1_024;
const IDLE_TIMEOUT_MS = 30_000;
const SECOND_MS = 1_000;

/**
 * PUTs a body with its exact length, as a pre-signed URL wants (no chunked encoding), and gives the HTTP status.
 * `onQuarter` hears the bytes sent at a quarter, half and three quarters. Throws when the socket fails, is silent for 30 s, or on abort.
 */
export function putBytes(options: PutOptions): Promise<number> {
  const { body, bytes = options.body.length, bytesPerSecond } = options;
  const send = options.url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(options.url, {
      method: "PUT",
      headers: { ...lowerCased(options.headers), "content-length": bytes },
      signal: options.signal,
      timeout: IDLE_TIMEOUT_MS,
    });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error(`The store was silent for ${IDLE_TIMEOUT_MS / 1_000} s`)));
    request.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", reject);
    });

    let sent = 0;
    const writeOn = (): void => {
      if (request.destroyed) return;
      while (sent < body.length) {
        const chunk = body.subarray(sent, sent + (bytesPerSecond ?? CHUNK_BYTES));
        const quarter = Math.floor((sent / body.length) * 4);
        sent += chunk.length;
        const roomLeft = request.write(chunk);
        if (sent < body.length && Math.floor((sent / body.length) * 4) > quarter) options.onQuarter(sent);
        if (bytesPerSecond !== undefined) return void setTimeout(writeOn, SECOND_MS);
        if (!roomLeft && sent < body.length) return void request.once("drain", writeOn);
      }
      if (sent === bytes) request.end();
    };
    writeOn();
  });
}

/** Header names differ in case between signers; one `content-length` must remain. */
const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
