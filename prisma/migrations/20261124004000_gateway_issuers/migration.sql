-- What a gateway knows of the issuers of devices' tokens, as it last said: lib/access/list-issuers.ts.
alter table gateways add column issuers jsonb not null default '[]';
