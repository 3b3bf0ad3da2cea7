import { LRUCache } from "lru-cache";
import { authenticateClient } from "@/lib/access/authenticate-client";
import type { BlockList } from "@/lib/access/block-list";
import type { ClientDirectory } from "@/lib/access/client-directory";
import type { RefusalReason } from "@/lib/access/schemas";
import type { TokenVerifier } from "@/lib/access/verify-token";
import { secretsEqual } from "@/lib/crypto/constant-time";
import { isClientId } from "@/lib/mqtt/client-id";
import type { Peer } from "@/lib/presence/fold-events";
import type { PresenceBuffer } from "@/lib/presence/presence-buffer";
import type { SignIn } from "@/lib/presence/write-sign-ins";
import type { HookNode, HookReply } from "./hook-reply";

export interface RegisterBody {
  client_id: string;
  peer_addr: string;
  peer_port: number;
  username: string | null;
  password: string | null;
  clean: boolean;
}

/** `auth_on_register`: who may connect where; and what a session's wakeup, which names only the client, needs to know of it. */
export interface RegisterHook {
  (node: HookNode, body: RegisterBody): Promise<HookReply>;
  /** To be called every few seconds: keeps the accepted connects of which no session began in time. */
  findUnfinished: () => void;
  /** The connect that was accepted last for this client on this node; once. */
  takeAccepted: (node: string, clientId: string) => AcceptedConnect | null;
}

export interface RegisterParts {
  verifyToken: TokenVerifier;
  directory: ClientDirectory;
  blocks: BlockList;
  presence: PresenceBuffer;
  services: readonly { username: string; password: string }[];
  nowUs: () => number;
  onRefusal: (reason: RefusalReason) => void;
}

export interface AcceptedConnect {
  clientId: string;
  node: string;
  atUs: number;
  peer: Peer;
  /** When the broker will end the connection, its token's time being over; null when it was not told to. */
  endsAtUs: number | null;
}

// After a token expires its connection may stay this long: contract 1.
const EXPIRY_GRACE_SECONDS = 60;
// The wakeup follows within the broker's own time-outs (8 s pool, 5 s answer).
const PEER_TTL_MS = 15_000;

const DENIED: HookReply = { answer: { result: { error: "not_allowed" } }, denied: true };

export function createRegisterHook(parts: RegisterParts): RegisterHook {
  const accepted = new LRUCache<string, AcceptedConnect>({
    max: 100_000,
    ttl: PEER_TTL_MS,
    perf: { now: () => parts.nowUs() / 1_000 },
    dispose: ({ clientId, node, atUs, peer }, _key, why) => {
      if (why === "expire")
        parts.presence.refuse({ clientId, node, atUs, reason: "unfinished", peerAddress: peer.address });
    },
  });
  // What was last written of a client, so that a reconnect with nothing new writes nothing.
  const written = new LRUCache<string, string>({ max: 500_000 });

  const refuse = (node: HookNode, body: RegisterBody, reason: RefusalReason): HookReply => {
    parts.onRefusal(reason);
    if (isClientId(body.client_id))
      parts.presence.refuse({
        clientId: body.client_id,
        node: node.name,
        atUs: parts.nowUs(),
        reason,
        peerAddress: body.peer_addr,
      });
    return DENIED;
  };

  const device = async (node: HookNode, body: RegisterBody): Promise<HookReply> => {
    const verdict = await authenticateClient(parts, {
      clientId: body.client_id,
      token: body.username,
      nowMs: parts.nowUs() / 1_000,
    });
    if (verdict.status === "refused") return refuse(node, body, verdict.reason);
    const { expiresAt, ...claims } = verdict.identity;
    const nowUs = parts.nowUs();
    const lifetimeSeconds =
      expiresAt === null ? null : Math.max(1, Math.ceil(expiresAt - nowUs / 1e6) + EXPIRY_GRACE_SECONDS);
    accepted.set(`${node.name}/${body.client_id}`, {
      clientId: body.client_id,
      node: node.name,
      atUs: nowUs,
      peer: { address: body.peer_addr, port: body.peer_port },
      endsAtUs: lifetimeSeconds === null ? null : nowUs + lifetimeSeconds * 1e6,
    });
    const signIn: SignIn = { clientId: body.client_id, cleanSession: body.clean, ...claims };
    const print = JSON.stringify(signIn);
    if (written.get(body.client_id) !== print) {
      written.set(body.client_id, print);
      parts.presence.signIn(signIn);
    }
    // The person replaces the token in the broker, which ends the connection itself when the token has expired.
    const lifetime = lifetimeSeconds === null ? {} : { max_connection_lifetime: lifetimeSeconds };
    return { answer: { result: "ok", modifiers: { username: claims.personId, ...lifetime } } };
  };

  const service = (node: HookNode, body: RegisterBody): HookReply => {
    const known = parts.services.filter(
      (service) =>
        secretsEqual(service.username, body.username ?? "") && secretsEqual(service.password, body.password ?? ""),
    );
    return known.length > 0 ? { answer: { result: "ok" } } : refuse(node, body, "not_a_service");
  };

  const hook = async (node: HookNode, body: RegisterBody): Promise<HookReply> =>
    node.role === "publisher" ? service(node, body) : device(node, body);
  const takeAccepted = (node: string, clientId: string): AcceptedConnect | null => {
    const key = `${node}/${clientId}`;
    const connect = accepted.get(key);
    accepted.delete(key);
    return connect ?? null;
  };
  return Object.assign(hook, { takeAccepted, findUnfinished: () => void accepted.purgeStale() });
}
