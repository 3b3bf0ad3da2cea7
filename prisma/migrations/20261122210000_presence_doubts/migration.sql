-- Clients whose state the hooks alone do not make sure: each is answered by asking the broker. One row a client, the latest doubt.
create table presence_doubts (
  client_key uuid primary key,
  -- lib/presence/schemas.ts DOUBT_KINDS
  kind text not null,
  since timestamptz not null,
  -- Questions the broker gave no answer to, and when the next one is due.
  attempts smallint not null default 0,
  ask_at timestamptz not null
);
create index presence_doubts_ask_at on presence_doubts (ask_at);

-- Where a doubt was right: what was shown, and what the broker says.
create table presence_corrections (
  client_key uuid not null,
  at timestamptz not null,
  kind text not null,
  before text,
  after text
);
create index presence_corrections_client on presence_corrections (client_key, at);
create index presence_corrections_at on presence_corrections using brin (at);
