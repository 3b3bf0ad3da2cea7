/**
 * SQL of why a session ended, where that is known. The broker never tells, so a reason is joined from what we did or knew before:
 * an ending somebody announced (`announceEnding`), or the end of its token's time, at which the broker was told to end it.
 */

// A disconnect is an HTTP call of 1 s at most, and its hook may wait 8 s for the pool and 5 s for an answer. [vernemq.md §1]
const ANNOUNCED_FOR = "interval '20 seconds'";
// The gateway's clock is the database's, give or take half a round trip.
const CLOCK_SLACK = "interval '100 milliseconds'";
const EXPIRED_WITHIN = { before: "interval '2 seconds'", after: "interval '15 seconds'" };

/** SQL of timestamptz for three expressions of the session, `started` and `ended` and `endsAt` (may be null). */
interface SessionColumns {
  clientKey: string;
  started: string;
  ended: string;
  endsAt: string;
}

/** Joins the announcement that fits as `announced` (reason, announced_by), or nothing. */
export const announcedJoin = ({ clientKey, ended }: Pick<SessionColumns, "clientKey" | "ended">): string =>
  `left join announced_endings announced on announced.client_key = ${clientKey}
     and ${ended} between announced.announced_at - ${CLOCK_SLACK} and announced.announced_at + ${ANNOUNCED_FOR}`;

/** The reason, null where it is not known. A session that began after the announcement was not meant by it. */
export const reasonOf = ({ started, ended, endsAt }: Omit<SessionColumns, "clientKey">): string => `(case
    when ${started} <= announced.announced_at then announced.reason
    when ${ended} between ${endsAt} - ${EXPIRED_WITHIN.before} and ${endsAt} + ${EXPIRED_WITHIN.after} then 'token_expired' end)`;

/** Who announced it; null when nobody did. */
export const endedByOf = (started: string): string =>
  `(case when ${started} <= announced.announced_at then announced.announced_by end)`;

/**
 * When the life of its node (alias n) ended that a session began in; null while that life lasts. SQL of timestamptz, as `started` is.
 */
export const lifeEndOf = (started: string): string => `(case
    when ${started} < n.lost_at then n.lost_at
    when ${started} < n.booted_at then n.booted_at
    -- it refused connections meanwhile, and its next boot is not noticed yet
    when n.state = 'down' and ${started} < n.state_since then n.state_since end)`;
