-- What a message tells beside its payload (MQTT 5), what the broker said of it, whether it may have been sent before.
alter table messages
  add column user_properties jsonb,
  -- Of PUBACK or PUBREC [MQTT5 2.4], e.g. 16: no matching subscribers; null where the broker speaks MQTT 3.1.1.
  add column reason_code smallint,
  -- Sent with DUP: an earlier attempt may have reached the broker.
  add column dup boolean not null default false,
  -- The send to many it belongs to.
  add column send_id uuid;
create index messages_send on messages (send_id, state) where send_id is not null;

-- Every message passes the outbox once: its dead entries must go before the next look walks over them.
alter table messages set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

-- What a key may do beside its permissions; the rotated key goes on being taken until `previous_until`.
alter table api_keys
  add column topic_filters text[] not null default '{#}',
  -- Null: as the publisher is configured.
  add column rate_per_second integer check (rate_per_second > 0),
  add column most_recipients integer check (most_recipients > 0),
  add column created_by text,
  add column previous_hash bytea unique,
  add column previous_until timestamptz;

-- Granting topics is a permission of its own, so that a service that grants may not make keys.
update api_keys set permissions = array_append(permissions, 'access.grant')
where 'access.manage' = any(permissions) and not 'access.grant' = any(permissions);
