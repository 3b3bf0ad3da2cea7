-- The audit record is sealed once a second by the worker (docs/decisions/0023): a chain of hashes over what was committed since.
create table audit_seals (
  number bigint primary key check (number > 0),
  at timestamptz not null,
  -- Exactly these rows: what committed late or was rolled back leaves gaps, and comes with a later seal or never.
  ids int8multirange not null,
  row_count int not null,
  -- SHA-256 of each row, 32 bytes one after the other, by id.
  digests bytea not null,
  previous_head bytea not null check (length(previous_head) = 32),
  head bytea not null check (length(head) = 32)
);
create index audit_seals_ids on audit_seals using gist (ids);

-- What the verifications found.
create table audit_verifications (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  seals bigint not null,
  rows bigint not null,
  anchors bigint not null,
  breaks jsonb not null
);

-- Rows that wait for their seal. Without an index: it is as short as a second, and read whole.
create table audit_unsealed (id bigint not null)
  with (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0);

create function await_audit_seal() returns trigger language plpgsql as
  $$ begin insert into audit_unsealed select id from added; return null; end $$;
create trigger audit_events_await_seal after insert on audit_events
  referencing new table as added for each statement execute function await_audit_seal();
insert into audit_unsealed select id from audit_events;

create or replace function refuse_audit_change() returns trigger language plpgsql as
  $$ begin raise exception '% is append-only', tg_table_name; end $$;
create trigger audit_seals_append_only before update or delete or truncate on audit_seals
  for each statement execute function refuse_audit_change();
create trigger audit_verifications_append_only before update or delete or truncate on audit_verifications
  for each statement execute function refuse_audit_change();
-- Also where session_replication_role says that triggers rest.
alter table audit_events enable always trigger audit_events_append_only;
alter table audit_seals enable always trigger audit_seals_append_only;
alter table audit_verifications enable always trigger audit_verifications_append_only;
