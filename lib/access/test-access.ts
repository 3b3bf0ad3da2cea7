import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { topicRoot } from "@/lib/env/topic-root";
import { loadClients, loadGrants } from "./load-askers";
import { testAccessSchema, type TestAccessResult } from "./schemas";
import { decidePublish, decideSubscribe, isAllowed } from "./topic-rules";

/** What a gateway would answer if this client asked now, and which rule or grant decides; by the gateway's own rules. */
export const testAccess = readVerb({
  permission: "access.read",
  input: testAccessSchema,
  work: async (ctx, { clientId, action, topic }): Promise<TestAccessResult> => {
    const client = (await loadClients(ctx.db.pool, [clientId])).get(clientId);
    const grants = client ? ((await loadGrants(ctx.db.pool, [client.personId])).get(client.personId) ?? []) : [];
    const asker = client ?? { clientId, platform: null, appVersion: null };
    const ask = { asker, grants, nowMs: ctx.now().getTime() };
    const decision =
      action === "subscribe"
        ? decideSubscribe({ ...ask, topicFilter: topic }, topicRoot())
        : decidePublish({ ...ask, topicName: topic }, topicRoot());
    const { rows } = await ctx.db.pool.query<{ closed: TestAccessResult["closed"] }>(CLOSED, [
      clientId,
      client?.personId ?? null,
      ctx.now(),
    ]);
    return {
      isAllowed: isAllowed(decision),
      decision,
      grants: grants.length,
      isKnown: client !== undefined,
      closed: rows[0]?.closed ?? null,
    };
  },
  audit: ({ clientId }) => ({
    action: "access.testAccess",
    subjectKind: "client",
    subjectId: clientId,
    goesOnForMinutes: LOOK_MINUTES,
  }),
});

const CLOSED = `
select case
  when exists (select from blocked_clients where client_id = $1 and (until is null or until > $3)) then 'blocked'
  when exists (select from client_releases where client_id = $1 and released_at is null) then 'being_released'
  when exists (select from blocks where kind = 'person' and subject = $2 and (until is null or until > $3)) then 'person_blocked'
end as closed`;
