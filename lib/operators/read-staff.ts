import type { Context } from "@/lib/rbac/context";
import type { SessionLimits } from "./session-limits";
import type { StaffMember } from "./schemas";

interface Row {
  id: string;
  email: string;
  name: string;
  role: string;
  practice: boolean;
  by_provider: boolean;
  has_password: boolean;
  factor_since: Date | null;
  recovery_codes_left: number;
  invite_expires_at: Date | null;
  disabled_at: Date | null;
  last_sign_in_at: Date | null;
  open_sessions: number;
}

/** The staff by name, or the one with the id; at most `limit`. */
export async function readStaff(
  ctx: Context,
  asked: { operatorId: string | null; limit: number; limits: SessionLimits },
): Promise<StaffMember[]> {
  const { idleSeconds, absoluteSeconds } = asked.limits;
  const { rows } = await ctx.db.pool.query<Row>(
    `select o.id, o.email, o.name, o.role, o.practice, o.subject is not null as by_provider, o.password_hash is not null as has_password,
       f.confirmed_at as factor_since, coalesce(cardinality(f.recovery_hashes), 0) as recovery_codes_left,
       case when o.invite_expires_at > $3 then o.invite_expires_at end as invite_expires_at, o.disabled_at, o.last_sign_in_at,
       (select count(*) from operator_sessions s where s.operator_id = o.id and s.ended_at is null
          and s.renewed_at > $3 - make_interval(secs => $4) and s.started_at > $3 - make_interval(secs => $5))::int as open_sessions
     from operators o left join second_factors f on f.operator_id = o.id and f.confirmed_at is not null
     where $1::uuid is null or o.id = $1 order by o.name, o.id limit $2`,
    [asked.operatorId, asked.limit, ctx.now(), idleSeconds, absoluteSeconds],
  );
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    practice: row.practice,
    byProvider: row.by_provider,
    hasPassword: row.has_password,
    secondFactor: row.factor_since && {
      since: row.factor_since.toISOString(),
      recoveryCodesLeft: row.recovery_codes_left,
    },
    invitedUntil: row.invite_expires_at?.toISOString() ?? null,
    disabledAt: row.disabled_at?.toISOString() ?? null,
    lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
    openSessions: row.open_sessions,
  }));
}
