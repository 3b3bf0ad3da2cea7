import type { Pool } from "pg";
import type { GrantAction } from "./schemas";
import type { Grant, TopicAsker } from "./topic-rules";

/** A client that is bound to a person. */
export interface KnownClient extends TopicAsker {
  personId: string;
}

/** The clients among these that are somebody's, by identifier. */
export async function loadClients(pool: Pool, clientIds: readonly string[]): Promise<Map<string, KnownClient>> {
  const { rows } = await pool.query<{
    client_id: string;
    person_id: string;
    platform: string | null;
    app_version: string | null;
  }>({
    name: "find-clients",
    // Of a client found by a sweep nobody knows the person: its next sign-in binds it.
    text: "select client_id, person_id, platform, app_version from clients where client_id = any($1) and person_id is not null",
    values: [clientIds],
  });
  return new Map(
    rows.map((row) => [
      row.client_id,
      { clientId: row.client_id, personId: row.person_id, platform: row.platform, appVersion: row.app_version },
    ]),
  );
}

/** What people were granted and is not over, by person; at most 1,000 each. */
export async function loadGrants(pool: Pool, personIds: readonly string[]): Promise<Map<string, Grant[]>> {
  const { rows } = await pool.query<{
    person_id: string;
    topic_filter: string;
    action: GrantAction;
    expires_at: Date | null;
  }>({
    name: "grants-of",
    // A person with more grants than this keeps the newest: bounded, as every list here.
    text: `select g.* from unnest($1::text[]) as asked(person_id) cross join lateral (
             select person_id, topic_filter, action, expires_at from grants g
             where g.person_id = asked.person_id and (expires_at is null or expires_at > now()) order by created_at desc limit 1000) g`,
    values: [personIds],
  });
  const byPerson = new Map<string, Grant[]>();
  for (const row of rows) {
    const grant = { topicFilter: row.topic_filter, action: row.action, expiresAtMs: row.expires_at?.getTime() ?? null };
    const own = byPerson.get(row.person_id);
    if (own) own.push(grant);
    else byPerson.set(row.person_id, [grant]);
  }
  return byPerson;
}
