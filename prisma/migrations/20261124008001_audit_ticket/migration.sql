-- The ticket an act or a look was for, by which it is found; before, it stood among the details.
alter table audit_events add column ticket text;
create index audit_events_ticket on audit_events (ticket, at) where ticket is not null;
