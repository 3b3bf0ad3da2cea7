-- Most messages have no idempotency key and need no entry in its index. Processes of before name the old constraint when they insert:
-- they cannot publish until they are stopped, which sealed payloads ask for as well.
create unique index messages_idempotency on messages (actor_id, idempotency_key) where idempotency_key is not null;
alter table messages drop constraint messages_actor_id_idempotency_key_key;
