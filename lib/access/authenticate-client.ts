import { isClientId } from "@/lib/mqtt/client-id";
import type { BlockList } from "./block-list";
import type { ClientDirectory } from "./client-directory";
import type { RefusalReason } from "./schemas";
import type { TokenIdentity, TokenVerifier } from "./verify-token";

export type ClientVerdict =
  | { status: "accepted"; identity: TokenIdentity }
  /** `personId` where a verified token named one. */
  | { status: "refused"; reason: RefusalReason };

/**
 * May this device connect? Its identifier is inside the contract and not blocked, its token is good, and the identifier is its
 * person's: bound by first use, so that nobody receives another person's messages under their client's name.
 */
export async function authenticateClient(
  parts: { verifyToken: TokenVerifier; directory: ClientDirectory; blocks: BlockList },
  connect: { clientId: string; token: string | null; nowMs: number },
): Promise<ClientVerdict> {
  if (!isClientId(connect.clientId)) return { status: "refused", reason: "bad_client_id" };
  if (parts.blocks.isBlocked(connect.clientId, connect.nowMs)) return { status: "refused", reason: "blocked" };
  const token = await parts.verifyToken(connect.token);
  if (token.status === "refused") return token;
  const known = await parts.directory.findClient(connect.clientId);
  if (known && known.personId !== token.identity.personId) return { status: "refused", reason: "other_person" };
  const { personId, platform, appVersion } = token.identity;
  parts.directory.remember({ clientId: connect.clientId, personId, platform, appVersion });
  return { status: "accepted", identity: token.identity };
}
