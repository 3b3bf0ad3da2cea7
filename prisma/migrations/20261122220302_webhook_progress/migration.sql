-- Until when changes of presence were told to webhooks: what a worker that starts has missed. One row.
create table webhook_progress (
  id smallint primary key default 1 check (id = 1),
  told_until timestamptz not null
);
