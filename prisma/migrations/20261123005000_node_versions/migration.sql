-- Which version a node told of itself, and since when: a page of the past shows the versions of then. A row a change; never removed,
-- as a node changes its version some times a year.
create table node_versions (
  node_id smallint not null,
  since timestamptz not null default now(),
  version text not null,
  primary key (node_id, since)
);

create function keep_node_version() returns trigger language plpgsql as $$
begin
  insert into node_versions (node_id, version) values (new.node_id, new.version) on conflict do nothing;
  return null;
end $$;
create trigger node_version_kept after update of version on broker_nodes
  for each row when (new.version is not null and new.version is distinct from old.version) execute function keep_node_version();

-- Before this record began the versions are not known: what they are now is theirs from now on.
insert into node_versions (node_id, version) select node_id, version from broker_nodes where version is not null;
