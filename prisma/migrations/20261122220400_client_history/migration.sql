-- What one client's history needs beside its sessions: its nodes' incidents, waves of endings, blocks, notes, its device.

-- One row a change of a node's state or life. Kept by the table itself, so that whatever changes a node leaves its history.
create table node_changes (
  node_id smallint not null,
  at timestamptz not null default now(),
  from_state text not null,
  to_state text not null,
  -- lib/cluster/schemas.ts NODE_EVIDENCE
  evidence text not null,
  -- It is another life of the node than before: what was connected to the former is gone.
  restarted boolean not null default false,
  booted_at timestamptz,
  -- Of the state before: when the node last answered.
  last_answer_at timestamptz
);
create index node_changes_node on node_changes (node_id, at);
create index node_changes_at on node_changes (at);

create function keep_node_change() returns trigger language plpgsql as $$
declare
  -- The boot is computed anew at each look; less than this apart it is the same one. Nodes take longer to start.
  other_life boolean := old.booted_at is not null and abs(extract(epoch from new.booted_at - old.booted_at)) > 2;
begin
  if new.state <> old.state or other_life then
    insert into node_changes (node_id, from_state, to_state, evidence, restarted, booted_at, last_answer_at)
    values (new.node_id, old.state, new.state, new.evidence, coalesce(other_life, false), new.booted_at, old.last_answer_at);
  end if;
  return null;
end $$;
create trigger node_changes_kept after update of state, booted_at on broker_nodes
  for each row execute function keep_node_change();

-- Sessions ended a minute and node: written by the worker from sessions, to know what is usual.
create table ending_minutes (
  minute timestamptz not null,
  node_id smallint not null,
  endings integer not null,
  primary key (minute, node_id)
);

-- Minutes in which far more sessions ended than usual: on one node, or (node_id null) everywhere together.
create table ending_waves (
  minute timestamptz not null,
  node_id smallint,
  endings integer not null,
  -- In a usual minute of the hour before.
  usual real not null,
  unique nulls not distinct (minute, node_id)
);

-- Clients that may not connect. Who lifted a block, and when, is in the audit.
create table blocked_clients (
  client_id text collate "C" primary key,
  reason text not null,
  blocked_by text not null,
  blocked_by_name text not null,
  blocked_at timestamptz not null default now(),
  -- Null: until somebody lifts it.
  until timestamptz
);

create table client_notes (
  id uuid primary key default gen_random_uuid(),
  client_id text collate "C" not null,
  at timestamptz not null default now(),
  text text not null check (length(text) between 1 and 2000),
  by_id text not null,
  by_name text not null
);
create index client_notes_client on client_notes (client_id, at);

-- What a client's token said of its device, each time it said something else than before.
create table client_device_changes (
  client_key uuid not null,
  at timestamptz not null default now(),
  device_model text,
  app_version text,
  platform text,
  old_device_model text,
  old_app_version text
);
create index client_device_changes_client on client_device_changes (client_key, at);
