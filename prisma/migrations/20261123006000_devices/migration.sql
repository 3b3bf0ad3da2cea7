-- Tokens that are not believed any more, by their hash or id, and people whose tokens issued before are not. A connection that
-- stands by one is looked for twice after the revocation: what a gateway had let in just before is written by the second time.
create table token_revocations (
  kind text not null check (kind in ('token_hash', 'token_id', 'person')),
  subject text collate "C" not null,
  revoked_at timestamptz not null default now(),
  until timestamptz not null,
  reason text,
  revoked_by text not null,
  looks smallint not null default 0,
  disconnected integer not null default 0,
  primary key (kind, subject)
);
create index token_revocations_at on token_revocations (revoked_at);
create index token_revocations_due on token_revocations (revoked_at) where looks < 2;

-- The id (jti) of the token a client last signed in with, beside its hash.
alter table client_tokens add column token_id text collate "C";
create index client_tokens_id on client_tokens (token_id) where token_id is not null;

-- People and networks that may not connect, as blocked_clients for clients. Networks are written as CIDR, in their canonical form.
create table blocks (
  kind text not null check (kind in ('person', 'network')),
  subject text collate "C" not null,
  reason text not null,
  blocked_by text not null,
  blocked_by_name text not null,
  blocked_at timestamptz not null default now(),
  until timestamptz,
  primary key (kind, subject)
);

-- What clients asked for and may not have: one row each, so that a phone that asks again and again costs no room.
create table topic_refusals (
  client_id text collate "C" not null,
  action text not null,
  topic text collate "C" not null,
  reason text not null,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  times bigint not null default 1,
  primary key (client_id, action, topic)
);
create index topic_refusals_last on topic_refusals (last_at);

-- Devices that somebody asked to be nobody's again: closed to everybody until the broker has no session of theirs, then free.
create table client_releases (
  client_id text collate "C" primary key,
  asked_at timestamptz not null default now(),
  asked_by text not null,
  reason text not null,
  released_at timestamptz
);
create index client_releases_due on client_releases (asked_at) where released_at is null;
create index client_releases_lately on client_releases (released_at);
