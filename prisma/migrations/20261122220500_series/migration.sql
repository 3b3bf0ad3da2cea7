-- The longer memory of the series, what each node says of its cluster, and marks on the charts.

-- One row per node and minute (hour): lowest, average and highest of each place of series_samples."values". Counters are kept
-- as rates per second. real: six digits are more than a chart shows, and half the bytes.
create table series_minutes (
  node_id smallint not null,
  at timestamptz not null,
  samples integer not null,
  -- What the rates rest on: seconds between samples that are neighbours.
  seconds real not null,
  average real[] not null,
  low real[] not null,
  high real[] not null,
  primary key (node_id, at)
) partition by range (at);
create table series_minutes_default partition of series_minutes default;

create table series_hours (
  node_id smallint not null,
  at timestamptz not null,
  samples integer not null,
  seconds real not null,
  average real[] not null,
  low real[] not null,
  high real[] not null,
  primary key (node_id, at)
) partition by range (at);
create table series_hours_default partition of series_hours default;

-- Minutes (60) and hours (3600) with something that is not rolled up yet.
create table series_due (
  step_seconds integer not null,
  at timestamptz not null,
  primary key (step_seconds, at)
);
insert into series_due (step_seconds, at) select distinct 60, date_trunc('minute', at) from series_samples;

-- How long each level is kept, as the worker is configured.
create table series_levels (
  step_seconds integer primary key,
  keep_seconds bigint not null
);
insert into series_levels (step_seconds, keep_seconds) values (5, 172800), (60, 2592000), (3600, 63072000);

-- What a node says of itself and of its cluster, and why its metrics could not be read.
create table node_views (
  node_id smallint primary key,
  broker_node_name text,
  -- [{"name": the broker's own name, "running": boolean}] and the listeners as lib/cluster/schemas.ts NodeListener.
  peers jsonb,
  peers_at timestamptz,
  listeners jsonb,
  listeners_at timestamptz,
  scrape_fault text,
  scrape_fault_since timestamptz
);

-- Times in which a node and others that answer us did not see one another; open while ended_at is null.
create table node_splits (
  node_id smallint not null,
  began_at timestamptz not null default now(),
  ended_at timestamptz,
  away_from text[] not null,
  primary key (node_id, began_at)
);
create unique index node_splits_open on node_splits (node_id) where ended_at is null;

create table cluster_marks (
  id uuid primary key default gen_random_uuid(),
  at timestamptz not null,
  kind text not null check (kind in ('deploy', 'incident', 'note')),
  title text not null check (length(title) between 1 and 120),
  marked_by text not null,
  marked_by_name text not null,
  created_at timestamptz not null default now(),
  idempotency_key text,
  unique (marked_by, idempotency_key)
);
create index cluster_marks_at on cluster_marks (at);

-- A wave of refusals is read by time, over all clients.
create index connect_refusals_at on connect_refusals using brin (at);
