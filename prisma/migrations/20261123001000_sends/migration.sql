-- A send: one message to the inboxes of many clients, walked by their keys. A page of messages and the position after it commit together,
-- so that whoever goes on after a crash neither repeats nor leaves out a client.
create table sends (
  id uuid primary key,
  state text not null check (state in
    ('needs_approval', 'running', 'paused', 'finished', 'cancelled', 'declined', 'lapsed', 'failed')),
  source text not null check (source in ('console', 'api')),
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  request_id text not null,
  idempotency_key text,
  -- By which a repeated call is known to be the same.
  digest bytea not null,
  filters jsonb not null,
  -- Empty: not by a list.
  client_ids text[] not null default '{}',
  qos smallint not null check (qos between 0 and 2),
  -- Sealed, bound to the id.
  payload bytea not null,
  payload_bytes integer not null,
  content_type text,
  user_properties jsonb,
  expiry_seconds integer,
  -- {{clientId}} and {{personId}} are filled in for each client.
  fills boolean not null,
  rate_per_second integer not null check (rate_per_second > 0),
  -- Clients it was for when it was made, and at how many it stops.
  expected integer not null,
  most integer not null,
  -- The last client_key that was looked at; walked: there are no more.
  position uuid,
  walked boolean not null default false,
  -- Clients it was accepted for; those of them that wait, failed and expired, as last counted; those it has no message for.
  handed integer not null default 0,
  waiting integer not null default 0,
  failed integer not null default 0,
  expired integer not null default 0,
  skipped integer not null default 0,
  -- Time under way, without pauses.
  busy_ms bigint not null default 0,
  failure text,
  made_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  approve_by timestamptz,
  decided_by_id text,
  decided_by text,
  decided_at timestamptz
);
create unique index sends_idempotency on sends (actor_id, idempotency_key) where idempotency_key is not null;
create index sends_under_way on sends (made_at) where state in ('needs_approval', 'running', 'paused') or waiting > 0;
create index sends_made on sends (made_at desc);

-- Messages of a send are neither the console's few nor a call of the API each. Not validated: what is there had the narrower check.
alter table messages
  drop constraint messages_source_check,
  add constraint messages_source_check check (source in ('console', 'api', 'diagnostics', 'send')) not valid;
