-- The audit record in quarters, so that those past their time go as a whole (docs/decisions/0033). What is there becomes the first
-- partition, where it lies; it is named after its last quarter, as every partition is.
lock table audit_events in access exclusive mode;
drop trigger audit_events_await_seal on audit_events;
drop trigger audit_events_append_only on audit_events;
alter table audit_events rename to audit_events_before;
alter table audit_events_before drop constraint audit_events_pkey;
alter table audit_events_before alter column id drop identity;
alter index audit_events_at rename to audit_events_before_at;
alter index audit_events_actor rename to audit_events_before_actor;
drop index audit_events_subject;

create table audit_events (
  id bigint generated always as identity,
  at timestamptz not null default now(),
  actor_kind text not null constraint audit_events_actor_kind_known check (actor_kind in ('operator', 'service', 'process')),
  actor_id text not null,
  actor_name text not null,
  actor_role text,
  action text not null,
  subject_kind text not null,
  subject_id text,
  reason text,
  details jsonb not null default '{}',
  request_id text not null,
  from_address text,
  primary key (id, at)
) partition by range (at);
create index audit_events_at on audit_events (at);
-- The identifier first: whoever looks for one names no kind.
create index audit_events_subject on audit_events (subject_id, subject_kind, at);
create index audit_events_actor on audit_events (actor_id, at);
alter table audit_events_before rename constraint audit_events_actor_kind_check to audit_events_actor_kind_known;

-- Refusals are statement triggers, which are not handed down: each partition has its own.
create function guard_audit_partition(partition regclass) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('create trigger append_only before update or delete or truncate on %s
    for each statement execute function public.refuse_audit_change()', partition);
  -- Also where session_replication_role says that triggers rest.
  execute format('alter table %s enable always trigger append_only', partition);
end $$;

-- With its time, by which the sealer finds the partition of a row.
alter table audit_unsealed add column at timestamptz;
update audit_unsealed u set at = a.at from audit_events_before a where a.id = u.id;
create or replace function await_audit_seal() returns trigger language plpgsql as
  $$ begin insert into public.audit_unsealed (id, at) select id, at from added; return null; end $$;
create trigger audit_events_await_seal after insert on audit_events
  referencing new table as added for each statement execute function await_audit_seal();
create trigger audit_events_append_only before update or delete or truncate on audit_events
  for each statement execute function refuse_audit_change();
alter table audit_events enable always trigger audit_events_append_only;

-- What no partition is made for, which is nothing while the worker runs.
create table audit_events_default partition of audit_events default;
-- A clock that was ahead must not stand in the way of the quarters to come.
with ahead as (
  delete from audit_events_before where at >= date_trunc('quarter', now(), 'UTC') + interval '3 months' returning *)
insert into audit_events_default overriding system value select * from ahead;

do $$
declare
  quarter timestamptz := date_trunc('quarter', now(), 'UTC');
  name text := 'audit_events_' || to_char(quarter at time zone 'UTC', 'YYYY"q"Q');
begin
  execute format('alter table audit_events_before rename to %I', name);
  execute format('alter index audit_events_before_at rename to %I', name || '_at_idx');
  execute format('alter index audit_events_before_actor rename to %I', name || '_actor_id_at_idx');
  execute format('alter table audit_events attach partition %I for values from (minvalue) to (%L)',
    name, (quarter at time zone 'UTC' + interval '3 months') at time zone 'UTC');
  perform guard_audit_partition(name::regclass);
  perform guard_audit_partition('audit_events_default'::regclass);
  perform setval(pg_get_serial_sequence('audit_events', 'id'), (select coalesce(max(id), 0) + 1 from audit_events), false);
end $$;

-- For how long, which only the owner of this table may say: whoever may write the record must not be able to shorten it.
create table audit_retention (
  only_row boolean primary key default true check (only_row),
  keep_months integer not null check (keep_months >= 12)
);
insert into audit_retention (keep_months) values (72);

/*
 * The one place that removes of the record: makes the partitions of this quarter and the next, and drops those of which all is past its
 * time and sealed as long ago; that it did stands in the record, which verifies whole again (lib/audit/verify-seals.ts). Runs as the
 * record's owner, whoever calls it, and takes no word of theirs. Safe to call twice and at once.
 */
create function keep_audit_partitions() returns table (made text[], dropped text[])
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '2s' as $$
declare
  keep integer := (select keep_months from public.audit_retention);
  old timestamptz := now() - make_interval(months => keep);
  quarter timestamptz;
  name text;
  low bigint;
  high bigint;
begin
  perform pg_advisory_xact_lock(5130424);
  made := '{}';
  dropped := '{}';
  -- With those of rows that came without a partition; a dozen at a time.
  foreach quarter in array array(
    select date_trunc('quarter', now()) union select date_trunc('quarter', now()) + interval '3 months'
    union (select distinct date_trunc('quarter', d.at) from public.audit_events_default d where d.at < now() limit 12))
  loop
    name := 'audit_events_' || to_char(quarter, 'YYYY"q"Q');
    continue when exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'public.audit_events'::regclass and c.relname = name);
    lock table public.audit_events_default in access exclusive mode;
    execute format('create table public.%I (like public.audit_events including all excluding identity)', name);
    alter table public.audit_events_default disable trigger append_only;
    execute format('with waiting as (delete from public.audit_events_default where at >= %L and at < %L returning *)
      insert into public.%I select * from waiting', quarter, quarter + interval '3 months', name);
    alter table public.audit_events_default enable always trigger append_only;
    execute format('alter table public.audit_events attach partition public.%I for values from (%L) to (%L)',
      name, quarter, quarter + interval '3 months');
    perform public.guard_audit_partition(('public.' || name)::regclass);
    made := made || name;
  end loop;

  for name, quarter in
    select c.relname, make_timestamptz(substr(c.relname, 14, 4)::int, substr(c.relname, 19, 1)::int * 3 - 2, 1, 0, 0, 0)
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.audit_events'::regclass and c.relname ~ '^audit_events_[0-9]{4}q[1-4]$' order by 1
  loop
    exit when quarter + interval '3 months' > old;
    execute format('select min(id), max(id) from public.%I', name) into low, high;
    if low is not null then
      -- A row that was written for a time long past is as young as its seal.
      continue when exists (select from public.audit_unsealed u where u.id between low and high)
        or exists (select from public.audit_seals s where s.ids && int8multirange(int8range(low, high, '[]')) and s.at >= old);
      insert into public.audit_events (actor_kind, actor_id, actor_name, action, subject_kind, subject_id, details, request_id)
      values ('process', 'database', 'database', 'audit.dropRows', 'audit', 'audit_events',
        jsonb_build_object('partition', name, 'throughId', high, 'keptMonths', keep), gen_random_uuid()::text);
    end if;
    execute format('drop table public.%I', name);
    dropped := dropped || name;
  end loop;
  return next;
end $$;
revoke execute on function keep_audit_partitions(), guard_audit_partition(regclass) from public;
select keep_audit_partitions();
