-- What operators did, among what services do every second.
create index audit_events_operators on audit_events (id) where actor_kind = 'operator';
