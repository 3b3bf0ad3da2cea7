-- Imports of the people's directory: received by the publisher into chunks, merged by the worker chunk by chunk.
create table people_imports (
  id uuid primary key default gen_random_uuid(),
  mode text not null check (mode in ('merge', 'replace')),
  -- lib/people/schemas.ts IMPORT_STATES
  state text not null check (state in ('receiving', 'waiting', 'running', 'finished', 'failed', 'cancelled')),
  started_by text not null,
  -- What the file says is as old as this: what is told of a person later stands.
  created_at timestamptz not null default now(),
  received_at timestamptz,
  ended_at timestamptz,
  failure text,
  -- Received: bytes before compression, lines, chunks. Bytes that the chunks take.
  bytes bigint not null default 0,
  lines bigint not null default 0,
  chunks integer not null default 0,
  spooled_bytes bigint not null default 0,
  -- Done, committed with the rows it tells of.
  next_chunk integer not null default 0,
  rows_read bigint not null default 0,
  rows_written bigint not null default 0,
  rows_refused bigint not null default 0,
  -- People absent from the file that were removed; null where the mode does not remove, or nothing could be.
  removed bigint,
  busy_ms bigint not null default 0,
  -- Until then its worker (or, while receiving, its publisher) is taken to be alive.
  lease_until timestamptz not null default now()
);
create index people_imports_open on people_imports (created_at) where state in ('receiving', 'waiting', 'running');

-- The file's lines as they came, some 1 MB each before gzip; removed as they are merged.
create table people_import_chunks (
  import_id uuid not null references people_imports on delete cascade,
  n integer not null,
  first_line bigint not null,
  body bytea not null,
  primary key (import_id, n)
);
alter table people_import_chunks alter column body set storage external;

-- Lines that were refused: the first of them; people_imports.rows_refused counts all.
create table people_import_errors (
  import_id uuid not null references people_imports on delete cascade,
  line bigint not null,
  reason text not null,
  primary key (import_id, line)
);

-- Mode replace: whom the file names.
create table people_import_named (
  import_id uuid not null references people_imports on delete cascade,
  person_id text collate "C" not null,
  primary key (import_id, person_id)
);

-- Who was forgotten while an import was under way: its file must not bring them back.
create table people_import_forgotten (
  import_id uuid not null references people_imports on delete cascade,
  person_id text collate "C" not null,
  primary key (import_id, person_id)
);

-- Checked a row at a time it took half the time of writing words (bench/people-import.bench.ts). Who writes words holds the person's
-- row; who removes a person removes the words too.
alter table person_words drop constraint person_words_person_id_fkey;
