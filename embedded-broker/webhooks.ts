import { Agent } from "node:http";
import type { Log } from "@/lib/log/log";
import type { Clock } from "./clock";
import type { HookFate, HookFaults } from "./hook-faults";
import { type AskedHook, type ImitatedHook, type ToldHook } from "./hooks";
import type { NodeMetrics } from "./metrics";
import type { NodePace } from "./node-pace";
import { callHook, type HookAnswer } from "./webhook-call";
import { createWebhookCache } from "./webhook-cache";
import { FAILED, readVerdict, type HookVerdict } from "./webhook-verdict";

// Recorded from VerneMQ 2.1.2: connections of one endpoint's pool.
const MAX_CONNECTIONS = 100;

/** What a hook is about; the client it names is known by it alone. */
export type HookBody = object & { client_id: string };

/** One node's webhooks. Every call waits for its answer: hooks block the connection they are about. */
export interface Webhooks {
  readonly endpoint: string;
  /** As `vmq-admin webhooks register` and `deregister` at run time; what is under way goes on where it began. */
  register: (registration: { url: string; hooks: readonly ImitatedHook[] }) => void;
  has: (hook: ImitatedHook) => boolean;
  /** Asks an `auth_on_*` hook. Never rejects: what fails is a refusal. A hook that is not registered has no opinion. */
  ask: (hook: AskedHook, body: HookBody) => Promise<HookVerdict>;
  /** Tells an `on_*` hook; whether it answers changes nothing. What it answers counts for on_deliver only. */
  tell: (hook: ToldHook, body: HookBody) => Promise<HookVerdict>;
  /** From now on nothing is sent, and what is under way is cut. */
  cut: () => void;
}

export interface WebhooksOptions {
  node: string;
  url: string;
  hooks: readonly ImitatedHook[];
  metrics: NodeMetrics;
  pace: NodePace;
  faults: HookFaults;
  clock: Clock;
  log: Log;
}

const NO_OPINION: HookVerdict = { status: "next" };

/** Calls hooks as VerneMQ does: same headers in the same order, kept-alive connections, at most 100 of them. */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { node, metrics, pace, faults, clock, log } = options;
  let { url } = options;
  let registered = new Set<ImitatedHook>(options.hooks);
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS, scheduling: "lifo" });
  let endpoint = new URL(url);
  const cache = createWebhookCache(clock);
  let isCut = false;

  /** Null when it was lost, in whatever way; that is counted. */
  const send = async (hook: ImitatedHook, body: HookBody, fate: HookFate | null): Promise<HookAnswer | null> => {
    const payload = Buffer.from(JSON.stringify(body));
    metrics.add(`webhooks_${hook}_requests`);
    metrics.add(`webhooks_${hook}_bytes_sent`, payload.length);
    const post = () => callHook({ endpoint, agent, clock, hook, payload });
    try {
      if (fate && fate.delayMs > 0) await clock.sleep(fate.delayMs);
      if (fate?.lost) throw new Error("lost, as asked by the control port");
      if (!faults.isReachable(node)) throw new Error("the receiver is unreachable, as asked by the control port");
      const answer = await post();
      // Nobody waits for the repetition, and what becomes of it is nobody's.
      if (fate && fate.repeatedAfterMs !== null)
        void clock
          .sleep(fate.repeatedAfterMs)
          .then(post)
          .catch(() => undefined);
      return answer;
    } catch (error) {
      // The URL holds the node's secret and the body may hold a token: neither is said.
      log.debug({ hook, reason: error instanceof Error ? error.message : "unknown" }, "a webhook failed");
      metrics.add(`webhooks_${hook}_errors`);
      return null;
    } finally {
      faults.passed(body.client_id);
      await pace.unfrozen();
    }
  };

  /** Sends it later: after the next hook about its client, or after its time. */
  const holdBack = async (hook: ToldHook, body: HookBody, fate: HookFate): Promise<void> => {
    if (fate.held) await faults.hold(body.client_id);
    await clock.sleep(fate.lateMs);
    if (!isCut) await send(hook, body, fate);
  };

  return {
    get endpoint() {
      return url;
    },
    register: (registration) => {
      ({ url } = registration);
      endpoint = new URL(url);
      registered = new Set(registration.hooks);
    },
    has: (hook) => registered.has(hook),
    ask: async (hook, body) => {
      if (!registered.has(hook)) return NO_OPINION;
      await pace.wait();
      if (isCut) return FAILED;
      const known = cache.find(hook, body);
      if (known) return known;
      const answer = await send(hook, body, faults.fateOf(node, hook, body.client_id));
      if (isCut || !answer) return FAILED;
      const verdict = readVerdict(answer.body);
      cache.keep(hook, body, { verdict, cacheControl: answer.cacheControl });
      if (verdict.status === "error" || verdict.status === "malformed") metrics.add(`webhooks_${hook}_errors`);
      return verdict;
    },
    tell: async (hook, body) => {
      if (!registered.has(hook)) return NO_OPINION;
      await pace.wait();
      if (isCut) return NO_OPINION;
      const fate = faults.fateOf(node, hook, body.client_id);
      if (fate && (fate.held || fate.lateMs > 0)) {
        void holdBack(hook, body, fate);
        return NO_OPINION;
      }
      const answer = await send(hook, body, fate);
      return answer ? readVerdict(answer.body) : FAILED;
    },
    cut: () => {
      isCut = true;
      agent.destroy();
    },
  };
}
