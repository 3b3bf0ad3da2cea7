import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { Context } from "@/lib/rbac/context";
import { readStaff } from "./read-staff";
import { operatorIdSchema, type Account, type SessionItem, type SignInItem } from "./schemas";
import { isExpired, type SessionLimits } from "./session-limits";

// As far back as anyone reads; the rest is in the audit.
const MOST = 50;

/** One of the staff with their sessions and sign-ins. Throws NOT_FOUND. */
export const getOperator = (limits: SessionLimits) =>
  readVerb({
    permission: "operators.read",
    input: operatorIdSchema,
    work: (ctx, { operatorId }) => readAccount(ctx, { operatorId, limits }),
  });

/** One's own account. */
export const getOwnAccount = (limits: SessionLimits) =>
  readVerb({
    permission: "own",
    input: z.object({}),
    work: (ctx) => readAccount(ctx, { operatorId: ctx.actor.id, limits }),
  });

async function readAccount(
  ctx: Context,
  { operatorId, limits }: { operatorId: string; limits: SessionLimits },
): Promise<Account> {
  const [[operator], sessions, signIns] = await Promise.all([
    readStaff(ctx, { operatorId, limit: 1, limits }),
    readSessions(ctx, { operatorId, limits }),
    readSignIns(ctx, operatorId),
  ]);
  if (!operator) throw new AppError("NOT_FOUND", sentence("There is no operator {operatorId}.", { operatorId }));
  return { operator, sessions, signIns };
}

async function readSessions(
  ctx: Context,
  { operatorId, limits }: { operatorId: string; limits: SessionLimits },
): Promise<SessionItem[]> {
  const rows = await ctx.db.prisma.operatorSession.findMany({
    where: { operatorId },
    orderBy: { startedAt: "desc" },
    take: MOST,
  });
  const ownId = ctx.actor.kind === "operator" ? ctx.actor.sessionId : null;
  const stateOf = (row: (typeof rows)[number]): SessionItem["state"] => {
    if (row.endedHow) return stateSchema.parse(row.endedHow);
    return isExpired(row, { limits, now: ctx.now() }) ? "expired" : "open";
  };
  return rows.map((row) => ({
    id: row.id,
    method: row.method === "provider" ? "provider" : "password",
    device: row.device,
    address: row.address,
    startedAt: row.startedAt.toISOString(),
    renewedAt: row.renewedAt.toISOString(),
    state: stateOf(row),
    endedAt: row.endedAt?.toISOString() ?? null,
    endedBy: row.endedBy,
    isOwn: row.id === ownId,
  }));
}

const stateSchema = z.enum(["signed_out", "revoked", "disabled", "password"]);

const factsSchema = z.object({ cause: z.string(), method: z.string(), device: z.string() }).partial();

async function readSignIns(ctx: Context, operatorId: string): Promise<SignInItem[]> {
  const { rows } = await ctx.db.pool.query<{
    id: number;
    at: Date;
    action: string;
    details: unknown;
    address: string | null;
  }>(
    `select id, at, action, details, from_address as address from audit_events
     where subject_kind = 'operator' and subject_id = $1 and action in ('operators.signIn', 'operators.signInRefused')
     order by at desc limit $2`,
    [operatorId, MOST],
  );
  return rows.map(({ id, at, action, details, address }) => {
    const facts = factsSchema.safeParse(details).data ?? {};
    return {
      id,
      at: at.toISOString(),
      accepted: action === "operators.signIn",
      cause: facts.cause ?? null,
      method: facts.method ?? null,
      device: facts.device ?? null,
      address,
    };
  });
}
