import pg from "pg";

/**
 * Makes the role that the processes connect as (the user of `url`) the owner of the product's tables and of the queue's, all but the audit:
 * that it may read, and add to. `ownerUrl` is of the role that migrates: a superuser, or a member of the other. Nothing is done where both
 * are one role, which then may change the audit's triggers and so its rows. After each migration; safe to call twice. The first time
 * waits for whoever uses the tables.
 */
export async function handOver(options: { ownerUrl: string; url: string }): Promise<void> {
  const role = await userOf(options.url);
  const owner = new pg.Client({ connectionString: options.ownerUrl, connectionTimeoutMillis: 10_000 });
  await owner.connect();
  try {
    const { rows } = await owner.query<{ same: boolean }>("select current_user = $1 as same", [role]);
    if (rows[0]?.same !== false) return;
    await owner.query("begin");
    await owner.query("select set_config('liveconnect.application', $1, true)", [role]);
    await owner.query(HAND_OVER);
    await owner.query("commit");
  } finally {
    await owner.end();
  }
}

/** Who the database says that is: a URL need not name its user. */
async function userOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>("select current_user::text as name");
    return rows[0]?.name ?? "";
  } finally {
    await client.end();
  }
}

// Tables' own sequences go with their tables, and what an extension made stays with it. In the schema it may make tables (partitions of the
// series), but owns neither the schema nor the database, which would let it drop the audit. The audit's ids are not for it to choose.
const HAND_OVER = `do $$
declare
  role text := current_setting('liveconnect.application');
  command text;
begin
  execute format('grant create, temporary on database %I to %I', current_database(), role);
  execute format('grant usage, create on schema public to %I', role);
  for command in
    select format('alter schema %I owner to %I', n.nspname, role)
    from pg_namespace n where n.nspname = 'graphile_worker' and n.nspowner <> role::regrole
    union all
    select format('alter %s %s owner to %I', case c.relkind when 'S' then 'sequence' when 'c' then 'type' else 'table' end, c.oid::regclass, role)
    from pg_class c
    where c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'graphile_worker'))
      and c.relkind in ('r', 'p', 'v', 'S', 'c') and c.relowner <> role::regrole
      and c.relname !~ '^(audit_|_prisma_)'
      and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
        and (d.deptype = 'e' or c.relkind = 'S' and d.deptype in ('a', 'i')))
    union all
    select format('alter routine %s owner to %I', p.oid::regprocedure, role)
    from pg_proc p where p.pronamespace = (select oid from pg_namespace where nspname = 'graphile_worker') and p.proowner <> role::regrole
    union all
    select format('revoke all on %s from %I', c.oid::regclass, role)
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname ~ '^(audit_|_prisma_)' and c.relkind in ('r', 'p')
    union all
    select format('grant %s to %I', what, role)
    from unnest(array[
      'select on audit_events, audit_seals, audit_verifications, audit_unsealed, audit_retention',
      'insert on audit_seals, audit_unsealed',
      'delete on audit_unsealed',
      'execute on function keep_audit_partitions()']) what
    union all
    select format('grant insert (%s) on %s to %I', string_agg(quote_ident(a.attname), ', '), a.attrelid::regclass, role)
    from pg_attribute a
    where a.attrelid in ('audit_events'::regclass, 'audit_verifications'::regclass) and a.attnum > 0 and not a.attisdropped and a.attname <> 'id'
    group by a.attrelid
  loop
    execute command;
  end loop;
end $$`;
