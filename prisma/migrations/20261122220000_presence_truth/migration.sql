-- Presence: why a session ended, where that is known; clients whose person is not known yet; what asks for a sweep.

-- lib/presence/schemas.ts ENDING_REASONS; null: the broker did not tell, as it mostly does not. ended_by: the operator's name.
alter table sessions add column reason text, add column ended_by text;

-- reason: of the ending that is the state now. ends_at: when the broker was told to end this connection, its token's time being over.
-- connects_lately: about how many sessions began within ten minutes; it fades, so that no row need be read to keep it.
alter table presence
  add column reason text,
  add column ends_at timestamptz,
  add column connects_lately real;

-- An ending somebody is about to cause: the next one of the session that is open gets this reason. One row a client, the latest.
create table announced_endings (
  client_key uuid primary key,
  reason text not null,
  announced_by text not null,
  announced_at timestamptz not null default now()
);

-- A client found by the broker's own list alone has no person until its next sign-in.
alter table clients alter column person_id drop not null;

-- client_id: a doubt may be about a client that has no row yet. node_id: the node whose hook made the doubt.
alter table presence_doubts add column client_id text collate "C", add column node_id smallint;

-- Clients that come and go all the time. Marked while last_at is young; since is of the episode, which ends after ten quiet minutes.
create table flapping_clients (
  client_key uuid primary key,
  since timestamptz not null,
  last_at timestamptz not null,
  -- The most sessions that began within about ten minutes of the episode.
  connects integer not null
);
create index flapping_clients_last_at on flapping_clients (last_at);

alter table broker_nodes
  -- What the broker itself calls the node.
  add column broker_name text,
  -- Sessions that began before this ended with the node: the others say that it is gone, and it does not answer us either.
  add column lost_at timestamptz,
  -- A sweep is due when this is later than the last one began; why, in lib/presence/schemas.ts SWEEP_REASONS.
  add column sweep_wanted_at timestamptz,
  add column sweep_reason text,
  -- Hooks of the broker that do not come though they should.
  add column missing_hooks text[] not null default '{}';

alter table presence_sweeps add column reason text;
