-- What ingest learnt of a log, how long its parts are kept, and what staff add to it (docs/decisions/0026, 0027).
alter table log_requests
  add column log_format text,
  -- The app's version that most of its calls were made by: what it is compared with.
  add column log_app text,
  -- How many secrets were taken out, by kind.
  add column redacted jsonb,
  add column gaps int,
  -- How far the phone's clock was ahead when the log was ingested; null: not known.
  add column clock_ahead_ms bigint,
  add column log_bytes bigint,
  add column log_until timestamptz,
  -- The file as it came, encrypted; null once it is gone.
  add column original_key text,
  add column original_until timestamptz;

create index log_requests_original_until on log_requests (original_until) where original_key is not null;
create index log_requests_log_app on log_requests (log_app, state_at desc) where state = 'ready';

-- A link to a redacted log, or to some of its lines, for staff who are signed in.
create table log_shares (
  id uuid primary key default gen_random_uuid(),
  log_request_id uuid not null references log_requests (id) on delete cascade,
  first_line int,
  last_line int,
  created_by text not null,
  created_by_name text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by_name text,
  views int not null default 0,
  last_viewed_at timestamptz,
  check ((first_line is null) = (last_line is null) and coalesce(first_line <= last_line, true))
);
create index log_shares_of on log_shares (log_request_id, created_at desc);

create table log_notes (
  id uuid primary key default gen_random_uuid(),
  log_request_id uuid not null references log_requests (id) on delete cascade,
  line int not null check (line > 0),
  text text not null,
  author_id text not null,
  author_name text not null,
  at timestamptz not null
);
create index log_notes_of on log_notes (log_request_id, line);
