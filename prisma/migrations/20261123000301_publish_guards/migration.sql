-- Where operators of a role may publish from the console, and what they may watch; as before, engineers anywhere.
create table role_topics (
  role text not null,
  action text not null check (action in ('publish', 'tail')),
  topic_filter text not null,
  allowed_by text not null,
  allowed_at timestamptz not null default now(),
  primary key (role, action, topic_filter)
);
insert into role_topics (role, action, topic_filter, allowed_by)
values ('engineer', 'publish', '#', 'LiveConnect'), ('engineer', 'tail', '#', 'LiveConnect');

-- Who may hear a topic name is asked by the filters that match it.
create index grants_filter on grants (topic_filter);

-- Messages to publish again, with variables. `content` is the whole form, sealed.
create table saved_messages (
  id uuid primary key,
  owner_id text not null,
  owner_name text not null,
  shared boolean not null default false,
  name text not null,
  content bytea not null,
  saved_at timestamptz not null default now()
);
create index saved_messages_owner on saved_messages (owner_id);
create index saved_messages_shared on saved_messages (name) where shared;
