import { readVerb } from "@/lib/audit/verb";
import { filterMatchesName } from "@/lib/mqtt/topics";
import { findLiveSession, type SessionParts } from "@/lib/presence/read-live-session";
import type { LiveSession } from "@/lib/presence/schemas";
import type { Context } from "@/lib/rbac/context";
import { countAudience } from "./count-audience";
import { audienceSchema, BROAD_FROM, type Audience } from "./schemas";

// Each question costs the broker a scan of up to 100 ms, side by side; an order has one patient with a phone or two.
const MOST_ASKED = 12;

/**
 * The verb that says who would get a message to a topic name: the clients whose rules let them subscribe, by state, and what the broker
 * says of each while they are few. Ends within about a second. That somebody looked is recorded where it is one client's own topic.
 */
export const readAudience = (parts: SessionParts) =>
  readVerb({
    permission: "publish.send",
    input: audienceSchema,
    work: async (ctx, { topicName }): Promise<Audience> => {
      const { clientIds, ...counted } = await countAudience(ctx, topicName, MOST_ASKED);
      const asked = clientIds === null ? null : await askEach(parts, ctx, { clientIds, topicName });
      return { ...counted, isBroad: counted.may >= BROAD_FROM, asked, at: ctx.now().toISOString() };
    },
    audit: ({ topicName }, { rule }) =>
      rule === "client"
        ? {
            action: "access.readAudience",
            subjectKind: "topic",
            subjectId: topicName,
            goesOnForMinutes: 15,
          }
        : null,
  });

async function askEach(
  parts: SessionParts,
  ctx: Context,
  { clientIds, topicName }: { clientIds: readonly string[]; topicName: string },
): Promise<Audience["asked"]> {
  const beganMs = parts.nowMs();
  const sessions = await Promise.all(clientIds.map((clientId) => findLiveSession(parts, ctx, clientId)));
  const count = (wanted: Hearing): number =>
    sessions.filter((session) => hearingOf(session, topicName) === wanted).length;
  return {
    subscribedNow: count("now"),
    wouldQueue: count("queued"),
    notSubscribed: count("not"),
    noAnswer: count("no_answer"),
    tookMs: Math.round(parts.nowMs() - beganMs),
  };
}

type Hearing = "now" | "queued" | "not" | "no_answer";

function hearingOf(session: LiveSession, topicName: string): Hearing {
  if (session.status === "no_answer") return "no_answer";
  if (session.status === "no_session") return "not";
  const matching = session.subscriptions.filter(({ topicFilter }) => filterMatchesName(topicFilter, topicName));
  if (matching.length === 0) return "not";
  if (session.isOnline) return "now";
  // A broker keeps QoS 1 and 2 for who is away; QoS 0 is lost.
  return matching.some(({ qos }) => qos > 0) ? "queued" : "not";
}
