-- Outgoing webhooks: who is told of what, and every message to each of them with how its attempts ended.
create table webhook_endpoints (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  url text not null,
  -- lib/webhooks/schemas.ts WEBHOOK_EVENT_TYPES
  event_types text[] not null,
  enabled boolean not null default true,
  -- Sealed with SEALING_KEY (lib/crypto/seal.ts). The previous secret signs too until its time is over.
  secret_sealed bytea not null,
  previous_secret_sealed bytea,
  previous_secret_until timestamptz,
  created_at timestamptz not null default now(),
  created_by text not null,
  -- Messages not kept because too many waited already.
  dropped bigint not null default 0
);

create table webhook_deliveries (
  id bigint generated always as identity primary key,
  endpoint_id uuid not null references webhook_endpoints on delete cascade,
  -- The message's own id, the same at every endpoint and every attempt.
  event_id text not null,
  type text not null,
  -- Exactly what is signed and sent.
  body text not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  attempts smallint not null default 0,
  -- Oldest first: { at, status, reason, tookMs } of each attempt.
  tries jsonb not null default '[]',
  created_at timestamptz not null default now(),
  -- When it is tried next; while it is being tried, when another worker may take it over.
  next_at timestamptz not null default now(),
  ended_at timestamptz
);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_at) where state = 'pending';
create index webhook_deliveries_endpoint on webhook_deliveries (endpoint_id, id);
create index webhook_deliveries_ended on webhook_deliveries (ended_at) where state <> 'pending';
