import { hash } from "node:crypto";

/**
 * Primary key of a client: md5 of mountpoint, a slash and the client identifier, as uuid (in SQL:
 * `md5('' || '/' || client_id)::uuid`). Unambiguous, as the contract's identifiers hold no slash.
 */
export function clientKeyOf(clientId: string, mountpoint = ""): string {
  const hex = hash("md5", `${mountpoint}/${clientId}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
