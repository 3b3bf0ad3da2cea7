-- What is published is kept encrypted (SEALING_KEY); a payload of before stays as it is until its message is forgotten.
-- A publisher of before would send sealed bytes as they are: stop those first, messages wait meanwhile.
alter table messages
  add column sealed boolean not null default false,
  -- Of the packets as they passed the publisher's connection: the identifier, and QoS 2's middle two.
  add column packet_id int,
  add column received_at timestamptz,
  add column released_at timestamptz,
  -- The id of the command it carries to a client, by which the app's answer is known.
  add column command_id text;
