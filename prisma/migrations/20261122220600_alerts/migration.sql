-- Rules, the alerts they open, and who is told. Everything the evaluation remembers is here, so that a restart changes nothing.

create table alert_rules (
  -- A shipped rule's word (lib/alerts/default-rules.ts), else a uuid.
  id text primary key,
  -- Null: the words the rule was shipped with, in the reader's language.
  name text,
  runbook text,
  -- lib/alerts/schemas.ts expressionSchema
  expression jsonb not null,
  comparison text not null check (comparison in ('atLeast', 'atMost')),
  threshold float8 not null,
  clear_threshold float8 not null,
  for_seconds integer not null,
  clear_for_seconds integer not null,
  severity text not null check (severity in ('page', 'warn')),
  enabled boolean not null default true,
  -- Raised by each change: what a dialog was opened on is what it saves over.
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  updated_by text
);

-- One row: when the rules were last evaluated. Its lock is what lets one worker at a time evaluate.
create table alert_clock (
  one boolean primary key default true check (one),
  evaluated_at timestamptz not null default 'epoch'
);
insert into alert_clock default values;

create table alerts (
  id uuid primary key default gen_random_uuid(),
  -- `node:<name>` for what belongs to a node that is not well, else `rule:<rule>:<label>`: one open alert a group.
  group_key text not null,
  -- The gravest rule in it, and the node it speaks of; empty for the whole cluster.
  rule_id text not null,
  label text not null,
  severity text not null check (severity in ('page', 'warn')),
  status text not null default 'open' check (status in ('open', 'acknowledged', 'resolved')),
  opened_at timestamptz not null,
  resolved_at timestamptz,
  -- lib/alerts/schemas.ts RESOLUTIONS
  resolution text,
  owner_id text,
  owner_name text,
  note text,
  snoozed_until timestamptz,
  flapping boolean not null default false
);
create unique index alerts_unresolved on alerts (group_key) where status <> 'resolved';
create index alerts_resolved on alerts (resolved_at desc, id) where status = 'resolved';

-- The state of each rule on each label; of those that are open, the alert they stand in.
create table alert_firings (
  rule_id text not null references alert_rules on delete cascade,
  label text not null,
  -- lib/alerts/state-machine.ts
  state jsonb not null,
  alert_id uuid references alerts on delete set null,
  primary key (rule_id, label)
);
create index alert_firings_alert on alert_firings (alert_id) where alert_id is not null;

create table alert_changes (
  id bigint generated always as identity primary key,
  alert_id uuid not null references alerts on delete cascade,
  at timestamptz not null default now(),
  -- lib/alerts/schemas.ts CHANGE_KINDS
  kind text not null,
  -- Null: the evaluation.
  actor_name text,
  rule_id text,
  value float8,
  note text,
  until timestamptz
);
create index alert_changes_alert on alert_changes (alert_id, id);

-- What the rules look at beside the nodes' own series, by the minute: {"metric": {"label": highest value}}.
create table alert_facts (
  at timestamptz primary key,
  facts jsonb not null
);

create table alert_channels (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  kind text not null check (kind in ('webhook', 'slack', 'email')),
  severities text[] not null,
  enabled boolean not null default true,
  -- What may be shown of where it leads: a host, or the addresses.
  destination text not null,
  -- URL or addresses and the signing secret, sealed (lib/crypto/seal.ts).
  sealed bytea not null,
  created_at timestamptz not null default now(),
  created_by text not null
);

-- One row a thing told to a channel; written in the transaction of what it tells, delivered by the queue.
create table alert_notices (
  id uuid primary key default gen_random_uuid(),
  channel_id uuid not null references alert_channels on delete cascade,
  alert_id uuid references alerts on delete cascade,
  event text not null check (event in ('opened', 'reminded', 'resolved', 'test')),
  -- lib/alerts/notice.ts
  content jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  attempts smallint not null default 0,
  -- What the last attempt came to.
  outcome text,
  created_at timestamptz not null default now(),
  attempted_at timestamptz
);
create index alert_notices_channel on alert_notices (channel_id, created_at desc);
create index alert_notices_alert on alert_notices (alert_id) where alert_id is not null;
