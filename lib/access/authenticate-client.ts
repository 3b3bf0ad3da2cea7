import { isClientId } from "@/lib/mqtt/is-client-id";
import type { BlockList } from "./block-list";
import type { ClientDirectory, FoundClient } from "./client-directory";
import type { ConnectThrottle } from "./connect-throttle";
import type { RevocationList } from "./revocation-list";
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
  revocations: RevocationList;
  throttle: ConnectThrottle;
}

/** Who connects from where, and when. */
export interface DeviceConnect {
  clientId: string;
  token: string | null;
  address: string;
  nowMs: number;
}

/**
 * May this device connect? Its identifier is inside the contract, neither it nor its network is blocked, it does not try too often, its token
 * is good and not revoked, its person is not blocked, and the identifier is its person's: bound by first use, so that nobody receives another
 * person's messages under their client's name. At once when token and client are known here. A store that does not answer refuses nobody:
 * the binding is checked when the sign-in is written.
 */
export function authenticateClient(parts: Parts, connect: DeviceConnect): ClientVerdict | Promise<ClientVerdict> {
  const { clientId, address, nowMs } = connect;
  if (!isClientId(clientId)) return refused("bad_client_id");
  if (parts.blocks.isBlocked(clientId, nowMs)) return refused("blocked");
  if (parts.blocks.isNetworkBlocked(address, nowMs)) return refused("network_blocked");
  if (parts.throttle.isTooOften(connect)) return refused("throttled");
  const token = parts.verifyToken(connect.token);
  return token instanceof Promise
    ? token.then((verdict) => checkBinding(parts, connect, verdict))
    : checkBinding(parts, connect, token);
}

const refused = (reason: RefusalReason): ClientVerdict => ({ status: "refused", reason });

function checkBinding(
  parts: Parts,
  connect: DeviceConnect,
  token: TokenVerdict,
): ClientVerdict | Promise<ClientVerdict> {
  const { clientId, nowMs } = connect;
  if (token.status === "refused") {
    parts.throttle.countRefused(connect);
    return token;
  }
  if (parts.revocations.isRevoked(token.identity, nowMs)) return refused("revoked");
  if (parts.blocks.isPersonBlocked(token.identity.personId, nowMs)) return refused("person_blocked");
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
  if (holder.personId !== personId) return refused("other_person");
  if (holder.platform !== platform || holder.appVersion !== appVersion) parts.directory.remember(asSaid);
  return { status: "accepted", identity, isCertain: isCertain && found.status !== "unanswered" };
}
