-- First light: every capability's tables in the shape the later issues deepen.
-- Text that is searched by prefix is COLLATE "C", so that one btree serves =, prefix and ORDER BY.

create schema if not exists public;

-- people ------------------------------------------------------------------------------------------------------------

create table people (
  person_id text collate "C" primary key,
  name text,
  phone_number text collate "C",
  phone_reversed text collate "C" generated always as (reverse(phone_number)) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index people_phone_number on people (phone_number);
create index people_phone_reversed on people (phone_reversed);

-- One row a word of a person's name, folded (lower case, no diacritics): a word prefix is a btree range.
create table person_words (
  word text collate "C" not null,
  person_id text collate "C" not null references people on delete cascade,
  primary key (word, person_id)
);
create index person_words_person on person_words (person_id);

-- cluster -----------------------------------------------------------------------------------------------------------

-- One row a configured node. Sessions that began before booted_at ended with the node's last life; sessions on a node
-- that is not up are unknown: a node's death is one row changed, whatever the number of its clients.
create table broker_nodes (
  node_id smallint generated always as identity primary key,
  name text not null unique,
  role text not null check (role in ('subscriber', 'publisher')),
  state text not null default 'silent' check (state in ('up', 'silent', 'down')),
  state_since timestamptz not null default now(),
  -- What the state rests on: lib/cluster/schemas.ts NODE_EVIDENCE.
  evidence text not null default 'not_asked',
  booted_at timestamptz,
  -- Asked but not answered: the node. Not even asked: the watch itself has stopped.
  last_asked_at timestamptz,
  last_answer_at timestamptz,
  version text
);

create table series_metrics (
  position smallint primary key,
  name text not null unique,
  kind text not null check (kind in ('counter', 'gauge'))
);

-- One row per node per tick; position n of "values" is series_metrics.position = n (1-based). Null where the node did not say.
create table series_samples (
  node_id smallint not null,
  at timestamptz not null,
  "values" float8[] not null,
  primary key (node_id, at)
) partition by range (at);
create table series_samples_default partition of series_samples default;

-- presence ----------------------------------------------------------------------------------------------------------

-- What is known of a client beside its state. client_key = md5(mountpoint NUL client id) as uuid.
create table clients (
  client_key uuid primary key,
  client_id text collate "C" not null unique,
  person_id text collate "C" not null,
  platform text,
  app_version text,
  device_model text,
  clean_session boolean not null default false,
  first_seen_at timestamptz not null default now(),
  last_sign_in_at timestamptz not null default now()
);
create index clients_person on clients (person_id);
-- Newest clients first. Never changes after the insert, so updates of a row stay HOT.
create index clients_first_seen on clients (first_seen_at desc);

-- The hot table: one narrow row a client, no index beside the primary key, so that every change is a HOT update.
-- ver = session start in microseconds * 4 + rank (0 open, 1 ended and queued, 2 ended and gone); merge is max(ver).
create table presence (
  client_key uuid primary key,
  ver bigint not null,
  node_id smallint not null,
  changed_at timestamptz not null,
  proof_kind text not null,
  proof_at timestamptz not null,
  peer_address text,
  peer_port integer
) with (fillfactor = 70);

-- Every session that has ended.
create table sessions (
  client_key uuid not null,
  node_id smallint not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  ending text not null check (ending in ('queued', 'gone', 'taken_over')),
  peer_address text,
  peer_port integer
) partition by range (ended_at);
create table sessions_default partition of sessions default;
create index sessions_client on sessions (client_key, ended_at);
create index sessions_ended_at on sessions using brin (ended_at);

-- Connects that were refused, for clients whose identifier is inside the contract.
create table connect_refusals (
  client_id text collate "C" not null,
  node_id smallint not null,
  at timestamptz not null,
  reason text not null,
  peer_address text
);
create index connect_refusals_client on connect_refusals (client_id, at);

-- access ------------------------------------------------------------------------------------------------------------

create table grants (
  person_id text collate "C" not null,
  topic_filter text collate "C" not null,
  action text not null check (action in ('subscribe', 'publish')),
  expires_at timestamptz,
  granted_by text not null,
  created_at timestamptz not null default now(),
  primary key (person_id, topic_filter, action)
);

create table api_keys (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  -- SHA-256 of the key: keys are 256 random bits, so a slow hash would add nothing.
  key_hash bytea not null unique,
  permissions text[] not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  last_used_at timestamptz
);

-- publish -----------------------------------------------------------------------------------------------------------

-- The outbox and its history: a row is written in the transaction that decides to publish, and drained by the publisher.
create table messages (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  topic_name text not null,
  qos smallint not null check (qos between 0 and 2),
  retain boolean not null default false,
  payload bytea not null,
  content_type text,
  -- The client the message is for, where the topic is one of its own.
  client_id text collate "C",
  source text not null check (source in ('console', 'api', 'diagnostics')),
  actor_id text not null,
  actor_name text not null,
  state text not null default 'accepted' check (state in ('accepted', 'acknowledged', 'failed', 'expired')),
  accepted_at timestamptz not null default now(),
  sent_at timestamptz,
  acknowledged_at timestamptz,
  acknowledgement text check (acknowledgement in ('written', 'puback', 'pubcomp')),
  node text,
  failure text,
  expires_at timestamptz,
  idempotency_key text,
  unique (actor_id, idempotency_key)
);
create index messages_outbox on messages (seq) where state = 'accepted';
create index messages_history on messages (source, seq desc);
create index messages_client on messages (client_id, accepted_at) where client_id is not null;

-- What devices answered and reported, once each.
create table device_events (
  id bigint generated always as identity primary key,
  client_id text collate "C" not null,
  command_id text,
  type text not null,
  content_hash bytea not null,
  body jsonb not null,
  received_at timestamptz not null default now(),
  unique nulls not distinct (client_id, command_id, type, content_hash)
);
create index device_events_command on device_events (command_id) where command_id is not null;

-- diagnostics -------------------------------------------------------------------------------------------------------

create table log_requests (
  id uuid primary key default gen_random_uuid(),
  client_id text collate "C" not null,
  reason text not null,
  ticket text,
  from_at timestamptz,
  to_at timestamptz,
  max_bytes bigint not null,
  state text not null default 'waiting' check (state in
    ('waiting', 'sent', 'accepted', 'uploading', 'received', 'ready', 'declined', 'failed', 'expired', 'cancelled')),
  state_at timestamptz not null default now(),
  detail text,
  requested_by text not null,
  requested_by_name text not null,
  requested_at timestamptz not null default now(),
  expires_at timestamptz not null,
  announced_bytes bigint,
  announced_sha256 text,
  sent_bytes bigint,
  upload_key text,
  log_key text,
  calls integer,
  failed_calls integer,
  first_call_at timestamptz,
  last_call_at timestamptz
);
create index log_requests_client on log_requests (client_id, requested_at desc);
create index log_requests_open on log_requests (client_id)
  where state in ('waiting', 'sent', 'accepted', 'uploading', 'received');
create index log_requests_recent on log_requests (requested_at desc);

create table log_request_changes (
  id bigint generated always as identity primary key,
  log_request_id uuid not null references log_requests on delete cascade,
  at timestamptz not null default now(),
  state text not null,
  actor_name text not null,
  cause text not null
);
create index log_request_changes_request on log_request_changes (log_request_id, id);

-- operators ---------------------------------------------------------------------------------------------------------

create table operators (
  id uuid primary key default gen_random_uuid(),
  email text not null unique check (email = lower(email)),
  name text not null,
  role text not null check (role in ('support', 'engineer', 'oncall', 'admin', 'auditor')),
  password_hash text,
  -- Raised to end every session of this operator at its next request.
  token_version integer not null default 0,
  practice boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz
);

-- Failed sign-ins and the waits they earn, in the columns rate-limiter-flexible wants; keys are hashes. `expire`: ms since the epoch.
create table sign_in_limits (
  key text primary key,
  points integer not null default 0,
  expire bigint
);

-- audit -------------------------------------------------------------------------------------------------------------

create table audit_events (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_kind text not null check (actor_kind in ('operator', 'service', 'process')),
  actor_id text not null,
  actor_name text not null,
  actor_role text,
  action text not null,
  subject_kind text not null,
  subject_id text,
  reason text,
  details jsonb not null default '{}',
  request_id text not null,
  from_address text
);
create index audit_events_at on audit_events (at);
create index audit_events_subject on audit_events (subject_kind, subject_id, at);
create index audit_events_actor on audit_events (actor_id, at);

-- Append-only: nothing of the application changes or removes a row.
create function refuse_audit_change() returns trigger language plpgsql as
  $$ begin raise exception 'audit_events is append-only'; end $$;
create trigger audit_events_append_only before update or delete or truncate on audit_events
  for each statement execute function refuse_audit_change();
