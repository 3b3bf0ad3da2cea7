-- Many log requests are made by walking the clients by their keys, at a rate: a filter of millions costs one row.
alter table log_request_bulks
  drop column asked,
  -- lib/presence/search-schemas.ts clientFiltersSchema, and a list that narrows it; empty: all that fit.
  add column filters jsonb not null default '{}',
  add column client_ids text[] collate "C" not null default '{}',
  -- What each is asked for: lib/diagnostics/bulk/schemas.ts.
  add column options jsonb not null default '{}',
  add column position uuid,
  add column made integer not null default 0;
