import type { SealedColumn } from "@/lib/crypto/reseal-column";
import { openPayload, sealPayload } from "../kept-payload";

// What a send's payload is bound to, in the place of a topic name; no topic name has a null character.
const boundTo = (sendId: string): string => `send\u0000${sendId}`;

export const SEALED_SENDS: SealedColumn = { table: "sends", column: "payload", belongsTo: "id", about: boundTo };

/** The payload of a send as its row keeps it. Throws UNAVAILABLE without SEALING_KEY. */
export const sealSendPayload = (sendId: string, payload: Uint8Array): Uint8Array<ArrayBuffer> =>
  sealPayload(payload, boundTo(sendId));

/** The payload of a send's row. Throws UNAVAILABLE when it was sealed with another key. */
export const openSendPayload = (sendId: string, payload: Uint8Array): Buffer =>
  openPayload({ topicName: boundTo(sendId), payload, sealed: true });
