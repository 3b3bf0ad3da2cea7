-- Identifiers that follow the clock: the indexes over them grow at their end. Those of before stay as they are.
alter table messages alter column id set default uuidv7();
