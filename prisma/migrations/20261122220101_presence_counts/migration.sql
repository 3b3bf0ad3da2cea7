-- How many clients are what, known without counting them.

-- A cohort is platform, app version and kind of session. Its key is a hash, so that nobody has to look it up.
create function presence_cohort(platform text, app_version text, clean_session boolean) returns integer
  language sql immutable parallel safe as
  $$ select ('x' || left(md5(coalesce(platform, '') || '/' || coalesce(app_version, '') || '/' || clean_session::text), 8))::bit(32)::integer $$;

create table presence_cohorts (
  cohort integer primary key,
  platform text,
  app_version text,
  clean_session boolean not null
);

-- Nobody writes presence between the first count and the triggers that keep it.
lock table presence in share row exclusive mode;

-- What the sign-in of its session said; null until one was seen.
alter table presence add column cohort integer;
insert into presence_cohorts
  select distinct presence_cohort(platform, app_version, clean_session), platform, app_version, clean_session from clients;
update presence p set cohort = presence_cohort(c.platform, c.app_version, c.clean_session) from clients c where c.client_key = p.client_key;

-- The figures of all writers add up; each writes rows of its own, so that none waits for another.
create table presence_counts (
  writer text collate "C" not null,
  node_id smallint not null,
  -- 0: not told
  cohort integer not null,
  -- Stored as open, and not older than the node's present life.
  open bigint not null,
  -- Stored as open, but ended with a former life of the node (lib/presence/effective-state.ts).
  lost bigint not null,
  queued bigint not null,
  gone bigint not null,
  primary key (writer, node_id, cohort)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- Sessions that began before this ended with a former life of their node, in microseconds as in presence.ver >> 2.
create function life_begins_us(lost_at timestamptz, booted_at timestamptz) returns bigint language sql immutable parallel safe as
  $$ select coalesce((extract(epoch from greatest(lost_at, booted_at)) * 1000000)::bigint, 0) $$;

-- Whoever writes presence counts, in the same statement: a trigger sees what no writer can forget. Sorted, so that two
-- statements of one writer never wait for each other in a circle. What did not change in what is counted writes nothing.
create function count_presence() returns trigger language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  me constant text := coalesce(nullif(current_setting('liveconnect.writer', true), ''), 'other');
begin
  if tg_op = 'UPDATE' then
    with nodes as materialized (select node_id, life_begins_us(lost_at, booted_at) << 2 as life from broker_nodes),
    changed as (
      select node_id, cohort, ver, 1 as n from after_rows union all select node_id, cohort, ver, -1 from before_rows
    ), summed as (
      select node_id, coalesce(cohort, 0) as cohort,
        coalesce(sum(n) filter (where ver & 3 = 0 and ver >= life), 0) as open, coalesce(sum(n) filter (where ver & 3 = 0 and ver < life), 0) as lost,
        coalesce(sum(n) filter (where ver & 3 = 1), 0) as queued, coalesce(sum(n) filter (where ver & 3 = 2), 0) as gone
      from changed join nodes using (node_id) group by 1, 2
    )
    insert into presence_counts as c select me, node_id, cohort, open, lost, queued, gone from summed
      where (open, lost, queued, gone) <> (0, 0, 0, 0) order by node_id, cohort
    on conflict (writer, node_id, cohort) do update set
      open = c.open + excluded.open, lost = c.lost + excluded.lost, queued = c.queued + excluded.queued, gone = c.gone + excluded.gone;
  elsif tg_op = 'INSERT' then
    with nodes as materialized (select node_id, life_begins_us(lost_at, booted_at) << 2 as life from broker_nodes)
    insert into presence_counts as c
      select me, node_id, coalesce(cohort, 0) as k, count(*) filter (where ver & 3 = 0 and ver >= life),
        count(*) filter (where ver & 3 = 0 and ver < life), count(*) filter (where ver & 3 = 1), count(*) filter (where ver & 3 = 2)
      from after_rows join nodes using (node_id) group by node_id, k order by node_id, k
    on conflict (writer, node_id, cohort) do update set
      open = c.open + excluded.open, lost = c.lost + excluded.lost, queued = c.queued + excluded.queued, gone = c.gone + excluded.gone;
  elsif tg_op = 'DELETE' then
    with nodes as materialized (select node_id, life_begins_us(lost_at, booted_at) << 2 as life from broker_nodes)
    insert into presence_counts as c
      select me, node_id, coalesce(cohort, 0) as k, -count(*) filter (where ver & 3 = 0 and ver >= life),
        -count(*) filter (where ver & 3 = 0 and ver < life), -count(*) filter (where ver & 3 = 1), -count(*) filter (where ver & 3 = 2)
      from before_rows join nodes using (node_id) group by node_id, k order by node_id, k
    on conflict (writer, node_id, cohort) do update set
      open = c.open + excluded.open, lost = c.lost + excluded.lost, queued = c.queued + excluded.queued, gone = c.gone + excluded.gone;
  else
    delete from presence_counts;
  end if;
  return null;
end $$;

create trigger presence_counted_insert after insert on presence
  referencing new table as after_rows for each statement execute function count_presence();
create trigger presence_counted_update after update on presence
  referencing old table as before_rows new table as after_rows for each statement execute function count_presence();
create trigger presence_counted_delete after delete on presence
  referencing old table as before_rows for each statement execute function count_presence();
create trigger presence_counted_truncate after truncate on presence
  for each statement execute function count_presence();

-- Counts one node's rows, reading them all, and adds what the counters are wrong by: in one statement, so both are of one moment and
-- whoever writes meanwhile adds to what is right. Gives how many counters were wrong.
create function recount_presence(counted_node smallint) returns bigint language plpgsql as $$
declare
  wrong bigint;
begin
  with life as materialized (select life_begins_us(lost_at, booted_at) << 2 as begins from broker_nodes where node_id = counted_node),
  stored as (
    select coalesce(p.cohort, 0) as cohort, count(*) filter (where ver & 3 = 0 and ver >= begins) as open,
      count(*) filter (where ver & 3 = 0 and ver < begins) as lost, count(*) filter (where ver & 3 = 1) as queued, count(*) filter (where ver & 3 = 2) as gone
    from presence p cross join life where p.node_id = counted_node group by 1
  ), told as (
    select cohort, sum(open) as open, sum(lost) as lost, sum(queued) as queued, sum(gone) as gone from presence_counts
    where node_id = counted_node group by 1
  ), difference as (
    select cohort, coalesce(s.open, 0) - coalesce(t.open, 0) as open, coalesce(s.lost, 0) - coalesce(t.lost, 0) as lost,
      coalesce(s.queued, 0) - coalesce(t.queued, 0) as queued, coalesce(s.gone, 0) - coalesce(t.gone, 0) as gone
    from stored s full join told t using (cohort)
  ), mended as (
    insert into presence_counts as c
      select 'recount', counted_node, cohort, open, lost, queued, gone from difference where (open, lost, queued, gone) <> (0, 0, 0, 0) order by cohort
    on conflict (writer, node_id, cohort) do update set
      open = c.open + excluded.open, lost = c.lost + excluded.lost, queued = c.queued + excluded.queued, gone = c.gone + excluded.gone
    returning 1
  )
  select count(*) into wrong from mended;
  return wrong;
end $$;

-- A node's life ended or a new one began: what was open on it is lost, in a row a cohort, whatever the number of its clients. What a later look
-- moves by less than a second is the same moment. Sessions of a new life that began before it was noticed are put right by the
-- recount that goes with each sweep. A loss taken back is counted anew.
create function count_life() returns trigger language plpgsql as $$
begin
  if greatest(new.lost_at, new.booted_at) < greatest(old.lost_at, old.booted_at) - interval '1 second' or greatest(new.lost_at, new.booted_at) is null then
    perform recount_presence(new.node_id);
  else
    insert into presence_counts as c
      select 'life', node_id, cohort, -sum(open), sum(open), 0, 0 from presence_counts
      where node_id = new.node_id group by node_id, cohort having sum(open) <> 0 order by cohort
    on conflict (writer, node_id, cohort) do update set open = c.open + excluded.open, lost = c.lost + excluded.lost;
  end if;
  return null;
end $$;
create trigger broker_node_life after update of lost_at, booted_at on broker_nodes for each row
  when (greatest(old.lost_at, old.booted_at) is not null
    and (greatest(new.lost_at, new.booted_at) is null
      or abs(extract(epoch from greatest(new.lost_at, new.booted_at) - greatest(old.lost_at, old.booted_at))) > 1))
  execute function count_life();

select recount_presence(node_id) from broker_nodes;
