-- The second factor of an account that signs in with a password: the secret of an authenticator app (RFC 6238), sealed, and what stands
-- in for the app, as hashes. It is asked for from `confirmed_at` on.
create table second_factors (
  id uuid primary key default gen_random_uuid(),
  operator_id uuid not null unique references operators on delete cascade,
  secret_sealed bytea not null,
  made_at timestamptz not null default now(),
  -- Null: begun, and its app has shown no code yet.
  confirmed_at timestamptz,
  -- Of the last code that was taken: none of it or before is taken again.
  last_step bigint not null default 0,
  recovery_hashes bytea[] not null default '{}'
);
