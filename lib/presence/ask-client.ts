import type { Broker, BrokerSession, ClientStatus } from "@/lib/broker/broker";
import { NodeFailure, type NodeAddress } from "@/lib/broker/ask-node";
import { AppError } from "@/lib/errors";
import type { Log } from "@/lib/log/log";
import type { Peer } from "./fold-events";

export interface OnlineSession {
  node: string;
  peer: Peer | null;
  /** By the broker's clock; null when it does not tell. */
  startedUs: number | null;
}

/** What the broker says of one client. `askedUs`: when the question was sent, µs by the database's clock. */
export type ClientAnswer = { askedUs: number; tookMs: number } & (
  | { status: "online"; session: OnlineSession }
  /** A session is kept, without a connection. */
  | { status: "offline" }
  /** Every node answered, and none sees a session. */
  | { status: "absent" }
  | { status: "no_answer" }
);

/**
 * Asks the broker about one client. An identifier outside the contract is VALIDATION; more questions than may wait is LIMIT;
 * a broker that gives no usable answer is `no_answer`, not an error. Ends within about a second of being sent.
 */
export type AskClient = (clientId: string) => Promise<ClientAnswer>;

// The broker itself goes on for up to 60 s when the client's own node is frozen.
const GIVE_UP_MS = 1_000;
// One node answers in 7 ms; one that takes this long may be stuck behind a frozen one, so the others are asked too.
const FIRST_MS = 300;
// Each question costs the broker a scan of up to 100 ms when node and peer matter: a guess to revisit.
const MOST_ASKED = 16;
const MOST_WAITING = 1_000;
// One client can be listed once a node in a netsplit.
const MOST_ROWS = 8;

type Answered = ClientAnswer extends infer A ? (A extends ClientAnswer ? Omit<A, "askedUs" | "tookMs"> : never) : never;

/**
 * The process's one way to ask about clients. A question is coalesced with an equal one that is under way; at most
 * MOST_ASKED are under way at once, the next MOST_WAITING wait within the same second, more are refused.
 *
 * Online and offline by any node is proof. `unknown` proves only together: a node does not see the sessions of a node it has lost,
 * so the client has none when each node itself says so. Node and peer of an online client come from the session list; without
 * them it is no answer, as nothing could be recorded of it.
 */
export function createAskClient(options: {
  broker: Broker;
  /** Where clients connect: the subscriber nodes. */
  nodes: readonly NodeAddress[];
  databaseNowUs: () => Promise<number>;
  /** Monotonic milliseconds. */
  nowMs: () => number;
  log: Log;
}): AskClient {
  const { broker, nodes, log, nowMs } = options;
  const underWay = new Map<string, Promise<ClientAnswer>>();
  const slots = createSlots();
  const names = new Map<string, string>();
  let turn = 0;

  const ask = async (clientId: string): Promise<ClientAnswer> => {
    const beganMs = nowMs();
    const leftMs = (): number => Math.max(1, Math.ceil(GIVE_UP_MS - (nowMs() - beganMs)));
    // Whoever asks waits a second in all, also when many ask at once.
    const isTaken = await slots.take(GIVE_UP_MS);
    if (!isTaken) return { status: "no_answer", askedUs: await options.databaseNowUs(), tookMs: GIVE_UP_MS };
    try {
      const askedUs = await options.databaseNowUs();
      const answered = await answer(clientId, leftMs);
      return { ...answered, askedUs, tookMs: Math.round(nowMs() - beganMs) };
    } finally {
      slots.free();
    }
  };

  const answer = async (clientId: string, leftMs: () => number): Promise<Answered> => {
    const status = await statusOf(clientId, leftMs);
    if (status !== "online") return { status: status === "unknown" ? "absent" : status };
    const session = await findSession(clientId, leftMs);
    return session ? { status, session } : { status: "no_answer" };
  };

  /** The nodes, beginning with another at each call. */
  const inTurn = (): NodeAddress[] => {
    turn += 1;
    return nodes.flatMap((_, index) => nodes[(turn + index) % nodes.length] ?? []);
  };

  const statusOf = async (clientId: string, leftMs: () => number): Promise<ClientStatus> => {
    const [first, ...others] = inTurn();
    if (!first) return "no_answer";
    const said = await orNoAnswer(broker.clientStatus(first, clientId, Math.min(FIRST_MS, leftMs())));
    if (said === "online" || said === "offline") return said;
    const withinMs = leftMs();
    const all = [
      said,
      ...(await Promise.all(others.map((node) => orNoAnswer(broker.clientStatus(node, clientId, withinMs))))),
    ];
    if (all.includes("online")) return "online";
    if (all.includes("offline")) return "offline";
    return all.every((each) => each === "unknown") ? "unknown" : "no_answer";
  };

  const orNoAnswer = (asked: Promise<ClientStatus>): Promise<ClientStatus> =>
    asked.catch((error: unknown) => {
      if (!(error instanceof NodeFailure)) throw error;
      log.debug({ err: error }, "a node did not answer about a client");
      return "no_answer";
    });

  const listOnline = async (node: NodeAddress, clientId: string, timeoutMs: number): Promise<BrokerSession[]> => {
    try {
      const rows = await broker.listSessions(node, { clientId, limit: MOST_ROWS, timeoutMs });
      return rows.filter((row) => row.isOnline);
    } catch (error) {
      if (!(error instanceof NodeFailure)) throw error;
      log.debug({ err: error }, "a node did not list a client's session");
      return [];
    }
  };

  const findSession = async (clientId: string, leftMs: () => number) => {
    const [first, ...others] = inTurn();
    if (!first) return null;
    let rows = await listOnline(first, clientId, Math.min(FIRST_MS, leftMs()));
    const withinMs = leftMs();
    // Each node lists the whole cluster, but leaves out rows it was too slow to ask.
    if (rows.length === 0)
      rows = (await Promise.all(others.map((node) => listOnline(node, clientId, withinMs)))).flat();
    const [latest] = rows.toSorted((a, b) => (b.startedAt?.getTime() ?? 0) - (a.startedAt?.getTime() ?? 0));
    const node = latest ? await nameOf(latest.brokerNodeName) : null;
    return latest && node ? toSession(latest, node) : null;
  };

  /** Our name of a node, learnt from what each node calls itself in its metrics. */
  const nameOf = async (brokerNodeName: string): Promise<string | null> => {
    if (!names.has(brokerNodeName))
      await Promise.all(
        nodes.map(async (node) => {
          const metrics = await broker.fetchMetrics(node).catch(() => null);
          if (metrics?.brokerNodeName) names.set(metrics.brokerNodeName, node.name);
        }),
      );
    return names.get(brokerNodeName) ?? null;
  };

  return (clientId) => {
    const known = underWay.get(clientId);
    if (known) return known;
    const asked = ask(clientId).finally(() => underWay.delete(clientId));
    underWay.set(clientId, asked);
    return asked;
  };
}

const peerOf = (row: BrokerSession): Peer | null =>
  row.peerAddress !== null && row.peerPort !== null ? { address: row.peerAddress, port: row.peerPort } : null;

/** A row of the broker's list; `node` is our name of its node. */
export const toSession = (row: BrokerSession, node: string): OnlineSession => ({
  node,
  peer: peerOf(row),
  startedUs: startUsOf(row),
});

const startUsOf = (row: BrokerSession): number | null => (row.startedAt ? row.startedAt.getTime() * 1_000 : null);

/** `take` gives false when none came free in time; then there is none to free. */
function createSlots(): { take: (withinMs: number) => Promise<boolean>; free: () => void } {
  const waiting = new Set<() => void>();
  let taken = 0;
  return {
    take: async (withinMs) => {
      if (taken < MOST_ASKED) {
        taken += 1;
        return true;
      }
      if (waiting.size >= MOST_WAITING)
        throw new AppError("LIMIT", "Too many questions to the broker at once. Try again in a few seconds.", {
          retryAfterSeconds: 3,
        });
      return new Promise<boolean>((resolve) => {
        const turn = (): void => {
          clearTimeout(timer);
          resolve(true);
        };
        const timer = setTimeout(() => {
          waiting.delete(turn);
          resolve(false);
        }, withinMs);
        waiting.add(turn);
      });
    },
    // A slot that is handed on stays taken.
    free: () => {
      const [next] = waiting;
      if (next) {
        waiting.delete(next);
        next();
      } else taken -= 1;
    },
  };
}
