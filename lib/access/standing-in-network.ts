/**
 * SQL: the clients whose open sessions came from the network `$1` (CIDR), as far as their addresses are known, `$2` at most, by `client_id`.
 * One pass over `presence`, 0.25 s a million rows, without an index that every connect would pay for.
 */
export const STANDING_IN_NETWORK = `
  select c.client_id from presence p join clients c using (client_key)
  -- ver: four times the session's start in µs, and its rank, 0 while it is open.
  where (p.ver & 3) = 0 and case when pg_input_is_valid(p.peer_address, 'inet') then
    -- An IPv4 address inside IPv6 is judged as what it is, as gateways do.
    (case when p.peer_address like '::ffff:%.%' then substr(p.peer_address, 8) else p.peer_address end)::inet <<= $1::inet end
  limit $2`;
