-- Comparisons of one node's whole session list with what is stored. A complete one is the proof of every row it did not doubt.
create table presence_sweeps (
  id bigint generated always as identity primary key,
  node_id smallint not null,
  started_at timestamptz not null default now(),
  -- Null while it runs, or when its worker died.
  finished_at timestamptz,
  -- Whether the list's count agreed with the node's own count of connections; false too when it could not be read.
  complete boolean not null default false,
  -- Sessions listed; where store and list differed; of those, where the broker then confirmed that the store was wrong.
  "rows" integer not null default 0,
  differences integer not null default 0,
  confirmed integer not null default 0
);
create index presence_sweeps_node on presence_sweeps (node_id, started_at);

alter table presence_doubts add column sweep_id bigint;
