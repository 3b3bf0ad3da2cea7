import { z } from "zod";
import { requireRoleTopic } from "@/lib/access/role-topics";
import { readVerb } from "@/lib/audit/verb";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import { seal, unseal } from "@/lib/crypto/seal";
import { openingKeys, sealingKey } from "@/lib/env/sealing-key";
import { filterCoversFilter, topicFilterSchema } from "@/lib/mqtt/topics";
import { TAIL_MINUTES } from "./schemas";

const ticketSchema = z.object({ topicFilter: z.string(), untilMs: z.number() });
export type TailTicket = z.output<typeof ticketSchema>;

// What it is sealed for, so that nothing else that was sealed opens as a ticket.
const ABOUT = "tail-ticket";

/**
 * Lets an operator watch what is published within a topic filter, for 15 minutes: gives the sealed ticket by which a publisher streams it.
 * Each is recorded, and whether it reaches topics that are people's own. Throws VALIDATION for a filter that begins with a wildcard (it
 * would be everything) or with $, FORBIDDEN outside the role's filters.
 */
export const tailTopics = readVerb({
  permission: "publish.tail",
  input: z.strictObject({ topicFilter: topicFilterSchema }),
  work: async (ctx, { topicFilter }): Promise<{ ticket: string; endsAt: string }> => {
    if (/^[+#$]/.test(topicFilter))
      throw new AppError(
        "VALIDATION",
        "A filter that begins with a wildcard is everything, and $ is the broker's own. Begin with a name.",
      );
    await requireRoleTopic(ctx, "tail", topicFilter);
    const untilMs = ctx.now().getTime() + TAIL_MINUTES * 60_000;
    const ticket = Buffer.from(
      seal(JSON.stringify({ topicFilter, untilMs }), { key: sealingKey(), about: ABOUT }),
    ).toString("base64url");
    return { ticket, endsAt: new Date(untilMs).toISOString() };
  },
  audit: ({ topicFilter }) => ({
    action: "publish.tailTopics",
    subjectKind: "topic",
    subjectId: topicFilter,
    details: { minutes: TAIL_MINUTES, personal: reachesClients(topicFilter) },
  }),
});

/** What a ticket allows. Throws UNAUTHENTICATED for one we did not make, or whose time is over. */
export function readTailTicket(ticket: string, nowMs: number): TailTicket {
  const opened = openTicket(ticket);
  if (opened && opened.untilMs > nowMs) return opened;
  throw new AppError("UNAUTHENTICATED", "This ticket is not ours, or its time is over. Ask the console for another.");
}

function openTicket(ticket: string): TailTicket | null {
  try {
    return ticketSchema.parse(
      JSON.parse(unseal(Buffer.from(ticket, "base64url"), { keys: openingKeys(), about: ABOUT })),
    );
  } catch {
    // Whatever does not open is no ticket.
    return null;
  }
}

/** Does it match topics of clients' own, or only others? */
function reachesClients(topicFilter: string): boolean {
  const clients = `${topicRoot()}/clients`;
  const beginning = topicFilter.split("/").slice(0, clients.split("/").length).join("/");
  return filterCoversFilter(beginning, clients);
}
