-- Gateways: who writes presence, since when, and how far behind it is. Upserted at start and every 2 s.
create table gateways (
  gateway_id smallint generated always as identity primary key,
  name text collate "C" not null unique,
  -- What it held in memory before this was lost: the nodes' lists are compared again.
  booted_at timestamptz not null,
  seen_at timestamptz not null,
  -- Set by an orderly stop, null while it runs or when it was killed.
  stopped_at timestamptz,
  -- Clients whose newest state is not committed, and the age of the oldest.
  waiting integer not null default 0,
  lag_ms integer not null default 0,
  -- Since booted_at: states and finished sessions given up because their bounds were reached.
  dropped_states bigint not null default 0,
  dropped_sessions bigint not null default 0,
  -- Its clock against the database's; null before it was measured.
  clock_offset_ms double precision,
  event_loop_lag_ms double precision not null default 0
);

-- What the gateways answered to each node's hooks, every 10 s, only where there was any. lib/cluster/hook-samples.ts
create table hook_samples (
  at timestamptz not null,
  node_id smallint not null,
  gateway_id smallint not null,
  hook text collate "C" not null,
  ok integer not null,
  denied integer not null,
  failed integer not null,
  -- How many answers took up to each bound of HOOK_LATENCY_BOUNDS_MS, not cumulative; the last is what took longer.
  latency integer[] not null,
  -- {"expired": 3}: connects refused, by reason; null where none was.
  refusals jsonb,
  primary key (node_id, at, hook, gateway_id)
) partition by range (at);
create table hook_samples_default partition of hook_samples default;
