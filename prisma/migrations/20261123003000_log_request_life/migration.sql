-- The whole life of a log request: what begins later, what the phone is told and when again, what it keeps, and many at once.

create table log_request_bulks (
  id uuid primary key default gen_random_uuid(),
  state text not null default 'running' check (state in ('running', 'held', 'cancelled', 'done')),
  state_at timestamptz not null default now(),
  -- What was asked for: a filter, or how many identifiers were given. Never the identifiers: the requests hold them.
  asked jsonb not null,
  total integer not null,
  rate_per_minute integer not null check (rate_per_minute > 0),
  -- Null: it goes on however many fail.
  stop_failed_percent integer check (stop_failed_percent between 1 and 100),
  -- Requests that ended before the latest resume are not counted against it.
  counted_from timestamptz not null default now(),
  release_at timestamptz not null default now(),
  reason text not null,
  ticket text,
  requested_by text not null,
  requested_by_name text not null,
  requested_at timestamptz not null default now()
);
create index log_request_bulks_recent on log_request_bulks (requested_at desc);

alter table log_requests
  drop constraint log_requests_state_check,
  add constraint log_requests_state_check check (state in
    ('draft', 'waiting', 'sent', 'delivered', 'accepted', 'uploading', 'received', 'ready', 'declined', 'failed', 'expired', 'cancelled')),
  add column only_failed boolean not null default false,
  add column wifi_only boolean not null default false,
  add column starts_at timestamptz,
  add column inventory_first boolean not null default false,
  -- The phone's answer to logs.list: its files.
  add column inventory jsonb,
  add column bulk_id uuid references log_request_bulks on delete set null,
  -- The latest command: when it went, which one of its kind it was, and before when none follows.
  add column commanded_at timestamptz,
  add column commands integer not null default 0,
  add column retry_at timestamptz,
  -- The phone knows of a request that was cancelled, and has not said yet that it stopped.
  add column cancel_pending boolean not null default false,
  -- The latest of the device's events that may come again and ask for something each time.
  add column heard_event_id bigint not null default 0,
  add column url_expires_at timestamptz,
  add column progressed_at timestamptz,
  -- When the phone is usually back (lib/presence/schemas.ts NextOnline), and when that was estimated.
  add column next_online jsonb,
  add column next_online_at timestamptz,
  -- The file came after the request had expired.
  add column late boolean not null default false;

update log_requests set commanded_at = state_at, commands = 1 where state in ('sent', 'accepted', 'uploading');
update log_requests set url_expires_at = state_at + interval '15 minutes' where state in ('accepted', 'uploading');

create index log_requests_to_tell on log_requests (client_id)
  where state in ('waiting', 'sent', 'delivered', 'accepted', 'uploading') or cancel_pending;
create index log_requests_bulk on log_requests (bulk_id, state) where bulk_id is not null;
create index log_requests_draft on log_requests (starts_at) where state = 'draft';

-- What is to be said beside the cause: why the phone put it off. Null: nothing.
alter table log_request_changes add column note text;
