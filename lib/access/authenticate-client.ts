import { isClientId } from "@/lib/mqtt/is-client-id";
import type { BlockList } from "./block-list";
import type { ClientDirectory, FoundClient } from "./client-directory";
import type { RefusalReason } from "./schemas";
import type { TokenIdentity, TokenVerdict } from "./token-identity";
import type { TokenVerifier } from "./verify-token";

export type ClientVerdict =
  /** `isCertain` false: the store could not say whose the client is, or the issuer whether the token still holds. */
  { status: "accepted"; identity: TokenIdentity; isCertain: boolean } | { status: "refused"; reason: RefusalReason };

interface Parts {
  verifyToken: TokenVerifier;
  directory: ClientDirectory;
  blocks: BlockList;
}

/**
 * May this device connect? Its identifier is inside the contract and not blocked, its token is good, and the identifier is its
 * person's: bound by first use, so that nobody receives another person's messages under their client's name. At once when token
 * and client are known here. A store that does not answer refuses nobody: the binding is checked when the sign-in is written.
 */
export function authenticateClient(
  parts: Parts,
  connect: { clientId: string; token: string | null; nowMs: number },
): ClientVerdict | Promise<ClientVerdict> {
  if (!isClientId(connect.clientId)) return { status: "refused", reason: "bad_client_id" };
  if (parts.blocks.isBlocked(connect.clientId, connect.nowMs)) return { status: "refused", reason: "blocked" };
  const token = parts.verifyToken(connect.token);
  return token instanceof Promise
    ? token.then((verdict) => checkBinding(parts, connect.clientId, verdict))
    : checkBinding(parts, connect.clientId, token);
}

function checkBinding(parts: Parts, clientId: string, token: TokenVerdict): ClientVerdict | Promise<ClientVerdict> {
  if (token.status === "refused") return token;
  const found = parts.directory.findClient(clientId);
  return found instanceof Promise
    ? found.then((late) => bind(parts, clientId, token, late))
    : bind(parts, clientId, token, found);
}

function bind(
  parts: Parts,
  clientId: string,
  { identity, isCertain }: Extract<TokenVerdict, { status: "verified" }>,
  found: FoundClient,
): ClientVerdict {
  const { personId, platform, appVersion } = identity;
  const asSaid = { clientId, personId, platform, appVersion };
  // Claimed, not set: two people may have asked for one unknown identifier at once.
  const holder = found.status === "known" ? found.client : parts.directory.claim(asSaid);
  if (holder.personId !== personId) return { status: "refused", reason: "other_person" };
  if (holder.platform !== platform || holder.appVersion !== appVersion) parts.directory.remember(asSaid);
  return { status: "accepted", identity, isCertain: isCertain && found.status !== "unanswered" };
}
