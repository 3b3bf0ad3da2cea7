import { LRUCache } from "lru-cache";
import type { PoolClient } from "pg";
import type { LiveEvent } from "@/lib/events/schemas";
import { readPresence } from "@/lib/presence/read-presence";
import type { Context } from "@/lib/rbac/context";
import { createPresenceGrace, GRACE_MS, type ToldClient } from "@/lib/webhooks/presence-grace";
import { isWebhookWanted, queueWebhook } from "@/lib/webhooks/queue-webhook";
import { repeat } from "./cluster-repeat";

const FLUSH_MS = 500;
// About 200 kB a message.
const MOST_A_MESSAGE = 500;
// 10 000 changes a second; what comes faster waits, up to the grace's own bound.
const MOST_MESSAGES = 10;
// How often it is written down until when all was told, and looked whether anybody wants to know.
const CHECK_MS = 5_000;
// Any number; the worker that holds it tells, the others stand by with what they heard.
const LOCK = 5_130_418;
// What a worker that stands by may forget: the one that tells has told it, or another takes over within CHECK_MS.
const STAND_BY_MS = 3 * GRACE_MS;
// 300 bytes each.
const MOST_TOLD = 500_000;

export interface PresenceWebhooks {
  onEvent: (event: LiveEvent) => void;
  /** Notifications may have been missed. */
  onReconnect: () => void;
  close: () => Promise<void>;
}

/**
 * Machine write: tells webhooks `presence.changed`: what became of clients, gathered for half a second, and of nodes, whose loss changes the state of
 * all their clients by one entry. Only one worker tells (an advisory lock); another takes over with what it heard too.
 * Trades: nothing is kept of notifications, so what nobody listened to is told as a span (`missed`) in which changes are unknown.
 */
export function startPresenceWebhooks({ context }: { context: () => Context }): PresenceWebhooks {
  const { db, log } = context();
  const stop = new AbortController();
  const told = new LRUCache<string, { state: ToldClient["state"]; node: string; since: string }>({ max: MOST_TOLD });
  const grace = createPresenceGrace(told);
  const nodes = new Map<string, number>();
  let leader: PoolClient | null = null;
  let wanted = false;
  let missed: { from: Date; to: Date } | null = null;
  let toldUntil = new Date();
  const listeningSince = new Date();

  const lead = async (): Promise<boolean> => {
    if (leader) return true;
    const client = await db.pool.connect();
    const { rows } = await client.query<{ mine: boolean }>("select pg_try_advisory_lock($1) as mine", [LOCK]);
    if (!rows[0]?.mine) {
      client.release();
      return false;
    }
    // With the connection the lock is gone.
    client.on("error", () => {
      leader = null;
      client.release(true);
    });
    leader = client;
    const known = await client.query<{ told_until: Date }>("select told_until from webhook_progress");
    const before = known.rows[0]?.told_until;
    if (before && before < listeningSince) missed = { from: before, to: listeningSince };
    return true;
  };

  const check = async (): Promise<void> => {
    wanted = await isWebhookWanted(db.prisma, "presence.changed");
    if (!(await lead())) return void forget();
    if (!wanted) missed = null;
    // What waits for its grace is not told yet.
    toldUntil = new Date(Date.now() - GRACE_MS);
    await db.pool.query(
      `insert into webhook_progress (told_until) values ($1)
       on conflict (id) do update set told_until = greatest(webhook_progress.told_until, excluded.told_until)`,
      [toldUntil],
    );
  };

  const forget = (): void => {
    grace.take(Date.now() - STAND_BY_MS, Number.POSITIVE_INFINITY);
    for (const [node, dueMs] of nodes) if (dueMs < Date.now() - STAND_BY_MS) nodes.delete(node);
  };

  const flush = async (): Promise<void> => {
    if (!leader) return;
    if (!wanted) {
      grace.take(Date.now(), Number.POSITIVE_INFINITY);
      return;
    }
    const changedNodes = await dueNodes();
    for (let message = 0; message < MOST_MESSAGES; message += 1) {
      const taken = grace.take(Date.now(), MOST_A_MESSAGE);
      const clients = await judged(taken);
      const dropped = grace.dropped();
      const nodesNow = message === 0 ? changedNodes : [];
      if (clients.length + nodesNow.length + dropped > 0 || missed) {
        const data = { clients, nodes: nodesNow, dropped, missed };
        await queueWebhook(db.prisma, { type: "presence.changed", at: context().now(), data });
        missed = null;
      }
      if (taken.length < MOST_A_MESSAGE) return;
    }
  };

  const judged = async (clientIds: readonly string[]): Promise<ToldClient[]> => {
    const now = context().now();
    const reports = await readPresence(db.pool, clientIds, now);
    return reports.flatMap((report) => grace.judge(report, now) ?? []);
  };

  const dueNodes = async (): Promise<unknown[]> => {
    const due = [...nodes].filter(([, dueMs]) => dueMs <= Date.now()).map(([node]) => node);
    for (const node of due) nodes.delete(node);
    if (due.length === 0) return [];
    const { rows } = await db.pool.query(
      `select name as node, state, state_since as since, greatest(lost_at, booted_at) as "sessionsEndedBefore"
       from broker_nodes where name = any($1) order by name`,
      [due],
    );
    return rows;
  };

  const failed = (error: unknown): void =>
    log.error({ err: error }, "changes of presence could not be told to webhooks; tried again");
  const { signal } = stop;
  const running = Promise.all([
    repeat({ everyMs: CHECK_MS, signal, work: check, onError: failed }),
    repeat({ everyMs: FLUSH_MS, signal, work: flush, onError: failed }),
  ]);

  return {
    onEvent: (event) => {
      const nowMs = Date.now();
      if (event.type === "presence.changed")
        for (const { clientId, state, at } of event.clients) {
          const isOffline = state === "offline_queued" || state === "offline_gone";
          grace.hear({ clientId, isOffline }, isOffline ? at : nowMs);
        }
      // A node that answers again within the grace was only slow.
      else if (event.type === "cluster.nodeChanged")
        nodes.set(event.node, event.state === "up" ? nowMs : nowMs + GRACE_MS);
    },
    onReconnect: () => {
      const from = missed?.from ?? toldUntil;
      missed = { from, to: new Date() };
    },
    close: async () => {
      stop.abort();
      await running;
      leader?.release(true);
    },
  };
}
