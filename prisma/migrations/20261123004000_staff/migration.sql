-- Roles made here, beside the five of the product. Their names never change: operators, topic rules and the audit say them.
create table custom_roles (
  name text primary key check (length(name) between 2 and 40 and name not in ('support', 'engineer', 'oncall', 'admin', 'auditor')),
  permissions text[] not null,
  changed_by text not null,
  changed_at timestamptz not null default now()
);

-- Old code knows the five only; whoever has another role cannot sign in by it.
alter table operators
  drop constraint operators_role_check,
  -- The single-use link by which someone sets their password: SHA-256 of its token.
  add column invite_hash bytea unique,
  add column invite_expires_at timestamptz,
  -- Who they are at the identity provider: issuer and subject.
  add column subject text unique;

-- One row a sign-in. A cookie is worth what its row says: ended, or past a limit counted from these times, it is worth nothing.
create table operator_sessions (
  id uuid primary key default gen_random_uuid(),
  operator_id uuid not null references operators on delete cascade,
  method text not null check (method in ('password', 'provider')),
  device text not null,
  address text,
  started_at timestamptz not null default now(),
  renewed_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_how text check (ended_how in ('signed_out', 'revoked', 'disabled', 'password')),
  ended_by text,
  check ((ended_at is null) = (ended_how is null))
);
create index operator_sessions_operator on operator_sessions (operator_id, started_at desc);

-- Names and numbers seen whole for a while, by one session. What was seen is in the audit, under its id.
create table unmaskings (
  id uuid primary key default gen_random_uuid(),
  session_id uuid not null references operator_sessions on delete cascade,
  operator_id uuid not null references operators on delete cascade,
  kind text not null check (kind in ('unmask', 'break_glass')),
  purpose text not null,
  ticket text,
  started_at timestamptz not null default now(),
  ends_at timestamptz not null,
  reviewed_at timestamptz,
  reviewed_by text,
  check (ends_at >= started_at)
);
create index unmaskings_session on unmaskings (session_id, ends_at);
create index unmaskings_started on unmaskings (started_at desc);
