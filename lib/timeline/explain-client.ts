import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { readNodeIncidents } from "@/lib/cluster/node-incidents";
import { positionOf } from "@/lib/cluster/schemas";
import { clientKeyOf } from "@/lib/presence/client-key";
import { EFFECTIVE_STATE, PRESENCE_JOIN } from "@/lib/presence/effective-state";
import { readWaves } from "@/lib/presence/ending-waves";
import { findFlapping, type DevicesNamed } from "@/lib/presence/find-flapping";
import { readSessions } from "@/lib/presence/read-sessions";
import { rankOf, RANK, startUsOf } from "@/lib/presence/version";
import type { Context } from "@/lib/rbac/context";
import { ourFault, type Ending } from "./our-fault";
import { explainClientSchema, type ClientExplained, type OurFault } from "./schemas";

const HOUR_MS = 3_600_000;
// Whoever calls because their phone was offline calls within the hour; later the timeline has it.
const MATTERS_MS = HOUR_MS;
// A client that flaps ten times a second for an hour is named as well by the latest of it.
const MOST_SESSIONS = 5_000;

/**
 * What a client's latest history means: whether its last ending, or what is unknown now, is ours, and whether it flaps. Of the last
 * hour; nothing is told of a client that has none.
 */
export const explainClient = readVerb({
  permission: "timeline.read",
  input: explainClientSchema,
  work: async (ctx, { clientId }): Promise<ClientExplained> => {
    const clientKey = clientKeyOf(clientId);
    const now = ctx.now().getTime();
    const fromMs = now - MATTERS_MS;
    const [presence, { sessions }, devices] = await Promise.all([
      findPresence(ctx, clientKey),
      readSessions(ctx.db.pool, { clientKey, from: new Date(fromMs), to: new Date(now), limit: MOST_SESSIONS }),
      findDevices(ctx, clientKey, new Date(fromMs)),
    ]);
    const current = presence && {
      startedMs: startUsOf(presence.ver) / 1_000,
      endedMs: null,
      ending: null,
      peerAddress: presence.peer_address,
    };
    const isOpen = presence !== null && rankOf(presence.ver) === RANK.open;
    const flapping = findFlapping(
      [...sessions, ...(current && isOpen && current.startedMs >= fromMs ? [current] : [])],
      devices,
    );
    // What its node's silence left open ends now, as far as anybody can tell.
    const unsure: Ending | null =
      presence && current && presence.state === "unknown"
        ? { node: presence.node, startedMs: current.startedMs, endedMs: now, reason: null }
        : null;
    const ending = unsure ?? sessions.at(-1) ?? null;
    const fault = ending ? await faultIn(ctx, ending) : null;
    return {
      flapping,
      ours: fault && {
        ...fault,
        clients: fault.kind === "wave" ? fault.endings : await connectionsBefore(ctx, fault),
        isBack: presence?.state === "online",
      },
    };
  },
  audit: (input) => ({
    action: "timeline.explainClient",
    subjectKind: "client",
    subjectId: input.clientId,
    goesOnForMinutes: LOOK_MINUTES,
  }),
});

async function findPresence(ctx: Context, clientKey: string) {
  const { rows } = await ctx.db.pool.query<{ ver: number; state: string; node: string; peer_address: string | null }>(
    `select p.ver, ${EFFECTIVE_STATE} as state, n.name as node, p.peer_address from ${PRESENCE_JOIN} where p.client_key = $1`,
    [clientKey],
  );
  return rows[0] ?? null;
}

/** Models its tokens named since an instant, when they named more than one. */
async function findDevices(ctx: Context, clientKey: string, since: Date): Promise<DevicesNamed> {
  const { rows } = await ctx.db.pool.query<{ model: string | null; old: string | null }>(
    `select device_model as model, old_device_model as old from client_device_changes
     where client_key = $1 and at >= $2 and device_model is distinct from old_device_model`,
    [clientKey, since],
  );
  const models = new Set(rows.flatMap(({ model, old }) => [model, old].filter((one) => one !== null)));
  return { models: [...models], switches: rows.length };
}

async function faultIn(ctx: Context, ending: Ending): Promise<OurFault | null> {
  const span = { fromMs: Math.max(0, ending.startedMs), toMs: ending.endedMs + HOUR_MS };
  const [{ incidents }, waves] = await Promise.all([
    readNodeIncidents(ctx.db.pool, span),
    readWaves(ctx.db.pool, { ...span, fromMs: ending.endedMs - HOUR_MS }),
  ]);
  return ourFault(ending, { incidents, waves });
}

/** How many clients were on the node at its last sample before the fault; null when that is not kept any more. */
async function connectionsBefore(ctx: Context, fault: Extract<OurFault, { node: string }>): Promise<number | null> {
  const { rows } = await ctx.db.pool.query<{ connections: number | null }>(
    `select s."values"[${positionOf("connections")}] as connections from series_samples s join broker_nodes n using (node_id)
     where n.name = $1 and s.at <= $2 and s.at > $2::timestamptz - interval '1 minute' and s."values"[${positionOf("connections")}] > 0
     order by s.at desc limit 1`,
    [fault.node, fault.at],
  );
  return rows[0]?.connections ?? null;
}
