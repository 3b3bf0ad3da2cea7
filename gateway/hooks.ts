import type { z } from "zod";
import {
  authOnPublish,
  authOnRegister,
  authOnRegisterM5,
  authOnSubscribe,
  DENIED_QOS,
  onRegister,
  sessionHook,
} from "@/lib/broker/vernemq-webhook";
import type { ClientDirectory } from "@/lib/access/client-directory";
import type { GrantAction, RuleDecision } from "@/lib/access/schemas";
import { decidePublish, decideSubscribe, isAllowed, type Grant, type TopicAsker } from "@/lib/access/topic-rules";
import type { Peer } from "@/lib/presence/fold-events";
import type { PresenceBuffer } from "@/lib/presence/presence-buffer";
import { RANK, type EndRank } from "@/lib/presence/version";
import type { HookHandler, HookNode, HookReply } from "./hook-reply";
import type { RegisterHook } from "./register-hook";
import type { TopicRefusals } from "./topic-refusals";

export interface HookParts {
  register: RegisterHook;
  directory: ClientDirectory;
  presence: PresenceBuffer;
  topicRefusals: Pick<TopicRefusals, "add">;
  nowUs: () => number;
  nowMs: () => number;
  topicRoot: string;
}

const OK: HookReply = { answer: { result: "ok" } };
const DENIED: HookReply = { answer: { result: { error: "not_allowed" } }, denied: "rule" };
// Services are allowed by connecting at all: the broker may ask once an hour a topic. [VerneMQ webhooks, Caching]
const SERVICE_OK: HookReply = { answer: { result: "ok" }, cacheSeconds: 3_600 };

/** The hooks the gateway answers, by VerneMQ's names. */
export function createHooks(parts: HookParts): ReadonlyMap<string, HookHandler> {
  return new Map<string, HookHandler>([
    ["auth_on_register", parsed(authOnRegister, parts.register)],
    [
      "auth_on_register_m5",
      parsed(authOnRegisterM5, (node, body) =>
        parts.register(node, { ...body, clean_session: !keepsSession(body.properties) }),
      ),
    ],
    ["on_client_wakeup", parsed(sessionHook, (node, body) => opened(parts, node, body.client_id))],
    ["on_register", parsed(onRegister, (node, body) => confirmed(parts, node, body))],
    ["on_register_m5", parsed(onRegister, (node, body) => confirmed(parts, node, body))],
    ["on_client_offline", parsed(sessionHook, (node, body) => ended(parts, node, body.client_id, RANK.queued))],
    ["on_client_gone", parsed(sessionHook, (node, body) => ended(parts, node, body.client_id, RANK.gone))],
    [
      "on_session_expired",
      parsed(sessionHook, (node, body) => ended(parts, node, body.client_id, RANK.gone, "session_expired")),
    ],
    ["auth_on_subscribe", parsed(authOnSubscribe, (node, body) => subscribe(parts, node, body, DENIED_QOS.v4))],
    ["auth_on_subscribe_m5", parsed(authOnSubscribe, (node, body) => subscribe(parts, node, body, DENIED_QOS.m5))],
    ["auth_on_publish", parsed(authOnPublish, (node, body) => publish(parts, node, body))],
    ["auth_on_publish_m5", parsed(authOnPublish, (node, body) => publish(parts, node, body))],
  ]);
}

const parsed =
  <S extends z.ZodType>(
    schema: S,
    handle: (node: HookNode, body: z.output<S>) => HookReply | Promise<HookReply>,
  ): HookHandler =>
  (node, body) =>
    handle(node, schema.parse(body));

const ok = (): HookReply => OK;

// MQTT 5: a session is kept after the connection when its expiry interval is above 0. [MQTT-3.1.2-23]
const keepsSession = (properties: Record<string, unknown> | undefined): boolean =>
  Number(properties?.["p_session_expiry_interval"] ?? 0) > 0;

function opened(parts: HookParts, node: HookNode, clientId: string): HookReply | Promise<HookReply> {
  if (node.role === "publisher") return OK;
  const accepted = parts.register.takeAccepted(node.name, clientId);
  return parts.presence
    .record({
      kind: "opened",
      clientId,
      node: node.name,
      atUs: parts.nowUs(),
      peer: accepted?.peer ?? null,
      endsAtUs: accepted?.endsAtUs ?? null,
      cohort: accepted?.cohort ?? null,
    })
    .then(ok);
}

function confirmed(
  parts: HookParts,
  node: HookNode,
  body: z.output<typeof onRegister>,
): HookReply | Promise<HookReply> {
  if (node.role === "publisher") return OK;
  const { client_id: clientId, peer_addr: address, peer_port: port } = body;
  const peer: Peer = { address, port };
  return parts.presence.record({ kind: "confirmed", clientId, node: node.name, atUs: parts.nowUs(), peer }).then(ok);
}

function ended(
  parts: HookParts,
  node: HookNode,
  clientId: string,
  rank: EndRank,
  reason?: "session_expired",
): HookReply | Promise<HookReply> {
  if (node.role === "publisher") return OK;
  return parts.presence
    .record({ kind: "ended", clientId, node: node.name, atUs: parts.nowUs(), rank, reason })
    .then(ok);
}

/** Who asks, and what their person was granted; null when the session's person is not the client's: it was let in while the store was away. */
async function findAsker(
  { directory }: HookParts,
  { client_id: clientId, username }: { client_id: string; username: string | null },
): Promise<{ asker: TopicAsker; grants: readonly Grant[] } | null> {
  const found = await directory.findClient(clientId);
  if (found.status === "known" && found.client.personId !== username) return null;
  const asker = found.status === "known" ? found.client : { clientId, platform: null, appVersion: null };
  return { asker, grants: await directory.grantsOf(username ?? "") };
}

async function subscribe(
  parts: HookParts,
  node: HookNode,
  body: z.output<typeof authOnSubscribe>,
  deniedQos: number,
): Promise<HookReply> {
  if (node.role === "publisher") return SERVICE_OK;
  const known = await findAsker(parts, body);
  const nowMs = parts.nowMs();
  // The answer is positional, in the order the broker asked (the reverse of the packet's).
  const topics = body.topics.map(({ topic, qos }) => {
    const decision = known && decideSubscribe({ ...known, topicFilter: topic, nowMs }, parts.topicRoot);
    if (decision && isAllowed(decision)) return { topic, qos };
    keepRefusal(parts, { clientId: body.client_id, action: "subscribe", topic, decision });
    return { topic, qos: deniedQos };
  });
  const isDenied = topics.some((topic) => topic.qos === deniedQos);
  return isDenied ? { answer: { result: "ok", topics }, denied: known ? "rule" : "other_person" } : OK;
}

async function publish(parts: HookParts, node: HookNode, body: z.output<typeof authOnPublish>): Promise<HookReply> {
  if (node.role === "publisher") return SERVICE_OK;
  const known = await findAsker(parts, body);
  const decision = known && decidePublish({ ...known, topicName: body.topic, nowMs: parts.nowMs() }, parts.topicRoot);
  if (decision && isAllowed(decision)) return OK;
  keepRefusal(parts, { clientId: body.client_id, action: "publish", topic: body.topic, decision });
  return { ...DENIED, denied: known ? "rule" : "other_person" };
}

// PostgreSQL keeps no NUL, and a longer one than this is not shown whole anyway. [MQTT-1.5.4-2]
const NUL = /\0/g;
const MOST_TOPIC_LENGTH = 512;

function keepRefusal(
  { topicRefusals }: HookParts,
  refused: { clientId: string; action: GrantAction; topic: string; decision: RuleDecision | null },
): void {
  const { clientId, action, decision } = refused;
  const topic = refused.topic.replace(NUL, "").slice(0, MOST_TOPIC_LENGTH);
  topicRefusals.add({ clientId, action, topic, reason: decision?.rule ?? "other_person" });
}
