import type pg from "pg";
import { z } from "zod";
import { operatorActor, permissionsOf, type Operator, type Unmasking } from "@/lib/rbac/actor";

/** An open session of someone who may sign in, and when it began and was last renewed. */
export interface OpenSession {
  actor: Operator;
  startedAt: Date;
  renewedAt: Date;
  /** Of an account that a practice stack made. */
  practice: boolean;
  /** It was opened by a password alone, and its account has no second factor. */
  byPasswordAlone: boolean;
}

interface Row {
  started_at: Date;
  renewed_at: Date;
  operator_id: string;
  name: string;
  role: string;
  practice: boolean;
  by_password_alone: boolean;
  permissions: string[] | null;
  unmasking_id: string | null;
  unmasking_kind: Unmasking["kind"];
  unmasking_ticket: string | null;
  unmasking_ends_at: Date;
}

/**
 * The session with who is behind it and what they may do and see at this moment; null when it was ended or its account is closed. Its
 * limits in time are the caller's to judge. For our own session check, before there is an actor: no permission, no audit row.
 */
export async function findSession(
  pool: pg.Pool,
  { sessionId, now }: { sessionId: string; now: Date },
): Promise<OpenSession | null> {
  if (!z.uuid().safeParse(sessionId).success) return null;
  const { rows } = await pool.query<Row>(
    `select s.started_at, s.renewed_at, o.id as operator_id, o.name, o.role, o.practice, r.permissions,
       s.method = 'password' and not exists (
         select from second_factors where operator_id = o.id and confirmed_at is not null) as by_password_alone,
       u.id as unmasking_id, u.kind as unmasking_kind, u.ticket as unmasking_ticket, u.ends_at as unmasking_ends_at
     from operator_sessions s join operators o on o.id = s.operator_id
       left join custom_roles r on r.name = o.role
       left join lateral (
         select id, kind, ticket, ends_at from unmaskings where session_id = s.id and ends_at > $2 order by ends_at desc limit 1
       ) u on true
     where s.id = $1 and s.ended_at is null and o.disabled_at is null`,
    [sessionId, now],
  );
  const [row] = rows;
  if (!row) return null;
  return {
    actor: actorOf(row, sessionId),
    startedAt: row.started_at,
    renewedAt: row.renewed_at,
    practice: row.practice,
    byPasswordAlone: row.by_password_alone,
  };
}

const actorOf = (row: Row, sessionId: string): Operator =>
  operatorActor({
    id: row.operator_id,
    name: row.name,
    role: row.role,
    permissions: permissionsOf(row.role, row.permissions),
    sessionId,
    unmasking:
      row.unmasking_id === null
        ? null
        : {
            id: row.unmasking_id,
            kind: row.unmasking_kind,
            ticket: row.unmasking_ticket,
            endsAt: row.unmasking_ends_at,
          },
  });
