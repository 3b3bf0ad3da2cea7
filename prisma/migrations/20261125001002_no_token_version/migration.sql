-- Sessions are rows since: nothing looks at it. A console of before still selects it with the operator until it is restarted.
alter table operators drop column token_version;
