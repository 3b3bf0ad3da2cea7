import { BlockList as AddressList } from "node:net";
import ipaddr from "ipaddr.js";
import type { Pool } from "pg";
import type { Log } from "@/lib/log/log";
import { coalescedRead } from "./coalesced-read";

/**
 * Who may not connect, in memory, so that a connect never waits for the store.
 * States: empty (before the first read) → as read → … ; a read that fails leaves what was read before.
 * Moved by: `refresh`, to be called when a block changed, and after notifications may have been missed.
 * Trades: while the store was never reached nobody is blocked, since a device is not refused because our store is away.
 */
export interface BlockList {
  isBlocked: (clientId: string, nowMs: number) => boolean;
  isPersonBlocked: (personId: string, nowMs: number) => boolean;
  /** By the address a connect came from; what is no address is in no network. */
  isNetworkBlocked: (address: string, nowMs: number) => boolean;
  /** Reads the blocks that hold. Calls while one is under way lead to one more. Never rejects. */
  refresh: () => Promise<void>;
}

// About 150 bytes each. Blocking more than this one by one is not what blocks are for: the newest hold.
const MOST_BLOCKS = 100_000;

interface Blocks {
  clients: ReadonlyMap<string, number>;
  people: ReadonlyMap<string, number>;
  networks: readonly { network: [ipaddr.IPv4 | ipaddr.IPv6, number]; untilMs: number }[];
  /** Of all networks: a connect is looked at closely only if it is in one. */
  addresses: AddressList;
}

export function createBlockList(pool: Pool, log: Log): BlockList {
  let blocks: Blocks = { clients: new Map(), people: new Map(), networks: [], addresses: new AddressList() };
  const read = async (): Promise<void> => {
    try {
      blocks = await loadBlocks(pool);
    } catch (error) {
      log.warn({ err: error, known: blocks.clients.size }, "blocks could not be read; those known hold");
    }
  };
  return {
    isBlocked: (clientId, nowMs) => (blocks.clients.get(clientId) ?? 0) > nowMs,
    isPersonBlocked: (personId, nowMs) => (blocks.people.get(personId) ?? 0) > nowMs,
    isNetworkBlocked: (address, nowMs) => blocks.networks.length > 0 && isInside(blocks, address, nowMs),
    refresh: coalescedRead(read),
  };
}

function isInside({ addresses, networks }: Blocks, text: string, nowMs: number): boolean {
  if (!ipaddr.isValid(text)) return false;
  // An IPv4 address inside IPv6 is judged as what it is.
  const address = ipaddr.process(text);
  if (!addresses.check(address.toString(), address.kind())) return false;
  return networks.some(
    ({ network, untilMs }) =>
      untilMs > nowMs && network[0].kind() === address.kind() && address.match(network as [never, number]),
  );
}

async function loadBlocks(pool: Pool): Promise<Blocks> {
  const { rows } = await pool.query<{ kind: "client" | "person" | "network"; subject: string; until: Date | null }>(
    `select kind, subject, until from (
       select 'client' as kind, client_id as subject, until, blocked_at from blocked_clients
       union all select kind, subject, until, blocked_at from blocks
       -- until it is free, nobody may open the session that is to go
       union all select 'client', client_id, null, asked_at from client_releases where released_at is null) b
     where until is null or until > now() order by blocked_at desc limit $1`,
    [MOST_BLOCKS],
  );
  const untilMsOf = (until: Date | null): number => until?.getTime() ?? Number.POSITIVE_INFINITY;
  const of = (kind: string): Map<string, number> =>
    new Map(rows.filter((row) => row.kind === kind).map((row) => [row.subject, untilMsOf(row.until)]));
  const networks = [...of("network")].map(([subject, untilMs]) => ({ network: ipaddr.parseCIDR(subject), untilMs }));
  const addresses = new AddressList();
  for (const { network } of networks) addresses.addSubnet(network[0].toString(), network[1], network[0].kind());
  return { clients: of("client"), people: of("person"), networks, addresses };
}
