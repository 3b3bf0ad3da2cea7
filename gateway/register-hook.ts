import { authenticateClient, type ClientVerdict } from "@/lib/access/authenticate-client";
import type { BlockList } from "@/lib/access/block-list";
import type { ClientDirectory } from "@/lib/access/client-directory";
import type { ConnectThrottle } from "@/lib/access/connect-throttle";
import { createRecentMap } from "@/lib/access/recent-map";
import type { RevocationList } from "@/lib/access/revocation-list";
import type { RefusalReason } from "@/lib/access/schemas";
import type { TokenIdentity } from "@/lib/access/token-identity";
import type { TokenVerifier } from "@/lib/access/verify-token";
import { secretsEqual } from "@/lib/crypto/constant-time";
import { isClientId } from "@/lib/mqtt/is-client-id";
import { cohortOf } from "@/lib/presence/cohort";
import type { PresenceBuffer } from "@/lib/presence/presence-buffer";
import type { SignIn } from "@/lib/presence/write-sign-ins";
import { createAcceptedConnects, type AcceptedConnect } from "./accepted-connects";
import type { HookNode, HookReply } from "./hook-reply";

export interface RegisterBody {
  client_id: string;
  peer_addr: string;
  peer_port: number;
  username: string | null;
  password: string | null;
  clean_session: boolean;
}

/** `auth_on_register`: who may connect where; and what a session's wakeup, which names only the client, needs to know of it. */
export interface RegisterHook {
  (node: HookNode, body: RegisterBody): HookReply | Promise<HookReply>;
  /** To be called every few seconds: keeps the accepted connects of which no session began in time. */
  findUnfinished: () => void;
  /** The client is somebody else's from now on: what was written of it says nothing any more. */
  forget: (clientId: string) => void;
  /** The connect that was accepted last for this client on this node; once. */
  takeAccepted: (node: string, clientId: string) => AcceptedConnect | null;
}

export interface RegisterParts {
  verifyToken: TokenVerifier;
  directory: ClientDirectory;
  blocks: BlockList;
  revocations: RevocationList;
  throttle: ConnectThrottle;
  presence: PresenceBuffer;
  /** Names of the nodes. */
  nodes: readonly string[];
  services: readonly { username: string; password: string }[];
  nowUs: () => number;
}

// After a token expires its connection may stay this long: contract 1.
const EXPIRY_GRACE_SECONDS = 60;
// Let in while the store could not say whose the client is, or the issuer whether the token still holds: asked again after this long,
// whatever the token allows.
const UNCERTAIN_LIFETIME_SECONDS = 300;

export function createRegisterHook(parts: RegisterParts): RegisterHook {
  const accepted = createAcceptedConnects(parts.nodes, parts.nowUs);
  // What was last written of a client, so that a reconnect with nothing new writes nothing, nor works out its cohort.
  const written = createRecentMap<{ signIn: SignIn; cohort: number }>(500_000);

  const writtenOf = (identity: TokenIdentity, body: RegisterBody): { signIn: SignIn; cohort: number } => {
    const known = written.get(body.client_id);
    if (known && isSame(known.signIn, identity, body.clean_session)) return known;
    const { expiresAt: _, issuedAt: __, ...claims } = identity;
    const signIn: SignIn = { clientId: body.client_id, cleanSession: body.clean_session, ...claims };
    const fresh = { signIn, cohort: cohortOf(signIn) };
    written.set(body.client_id, fresh);
    parts.presence.signIn(signIn);
    return fresh;
  };

  const refuse = (node: HookNode, body: RegisterBody, reason: RefusalReason): HookReply => {
    if (isClientId(body.client_id))
      parts.presence.refuse({
        clientId: body.client_id,
        node: node.name,
        atUs: parts.nowUs(),
        reason,
        peerAddress: body.peer_addr,
      });
    return { answer: { result: { error: "not_allowed" } }, denied: reason };
  };

  const judge = (node: HookNode, body: RegisterBody, verdict: ClientVerdict, nowUs: number): HookReply => {
    if (verdict.status === "refused") return refuse(node, body, verdict.reason);
    const { identity } = verdict;
    const lifetimeSeconds = lifetimeOf(verdict, nowUs / 1e6);
    accepted.put({
      clientId: body.client_id,
      node: node.name,
      atUs: nowUs,
      peer: { address: body.peer_addr, port: body.peer_port },
      endsAtUs: lifetimeSeconds === null ? null : nowUs + lifetimeSeconds * 1e6,
      cohort: writtenOf(identity, body).cohort,
    });
    // The person replaces the token in the broker, which ends the connection itself when the token has expired.
    const username = identity.personId;
    const modifiers = lifetimeSeconds === null ? { username } : { username, max_connection_lifetime: lifetimeSeconds };
    return { answer: { result: "ok", modifiers } };
  };

  const device = (node: HookNode, body: RegisterBody): HookReply | Promise<HookReply> => {
    const nowUs = parts.nowUs();
    const connect = { clientId: body.client_id, token: body.username, address: body.peer_addr, nowMs: nowUs / 1_000 };
    const verdict = authenticateClient(parts, connect);
    return verdict instanceof Promise
      ? verdict.then((late) => judge(node, body, late, parts.nowUs()))
      : judge(node, body, verdict, nowUs);
  };

  const service = (node: HookNode, body: RegisterBody): HookReply => {
    const known = parts.services.filter(
      (service) =>
        secretsEqual(service.username, body.username ?? "") && secretsEqual(service.password, body.password ?? ""),
    );
    return known.length > 0 ? { answer: { result: "ok" } } : refuse(node, body, "not_a_service");
  };

  const hook = (node: HookNode, body: RegisterBody): HookReply | Promise<HookReply> =>
    node.role === "publisher" ? service(node, body) : device(node, body);
  const findUnfinished = (): void => {
    for (const { clientId, node, atUs, peer } of accepted.takeUnfinished())
      parts.presence.refuse({ clientId, node, atUs, reason: "unfinished", peerAddress: peer.address });
  };
  const forget = (clientId: string): void => void written.delete(clientId);
  return Object.assign(hook, { takeAccepted: accepted.take, findUnfinished, forget });
}

// The token stands for its claims: another one is written, even if it says the same, as its hash is searched for.
const isSame = (known: SignIn, identity: TokenIdentity, cleanSession: boolean): boolean =>
  known.tokenHash === identity.tokenHash && known.cleanSession === cleanSession;

/** How long the broker may keep the connection; null: as long as it lasts. */
function lifetimeOf(
  { identity: { expiresAt }, isCertain }: Extract<ClientVerdict, { status: "accepted" }>,
  nowSeconds: number,
): number | null {
  const byToken = expiresAt === null ? null : Math.max(1, Math.ceil(expiresAt - nowSeconds) + EXPIRY_GRACE_SECONDS);
  return isCertain ? byToken : Math.min(byToken ?? Infinity, UNCERTAIN_LIFETIME_SECONDS);
}
