-- When the open session really began, where its version had to be later: its end was told wrongly and taken back. Null: as the version says.
alter table presence add column began_at timestamptz;
