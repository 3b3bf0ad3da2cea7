-- A person's block is looked for twice, as a revocation is: connections that stand are ended. Those of before hold as they held.
alter table blocks
  add column looks smallint not null default 2,
  add column disconnected integer not null default 0,
  -- Whose it is, in the column by which everything of a person is found, given to them and forgotten.
  add column person_id text collate "C" generated always as (case when kind = 'person' then subject end) stored;
alter table blocks alter column looks set default 0;
create index blocks_due on blocks (blocked_at) where kind = 'person' and looks < 2;
create index blocks_person on blocks (person_id) where person_id is not null;
alter table token_revocations
  add column person_id text collate "C" generated always as (case when kind = 'person' then subject end) stored;
