-- A network's block is looked for twice too: connections that stand are ended. Those of before hold as they held.
update blocks set looks = 2 where kind = 'network';
drop index blocks_due;
create index blocks_due on blocks (blocked_at) where looks < 2;
