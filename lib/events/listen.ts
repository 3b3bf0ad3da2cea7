import pg from "pg";
import type { Log } from "@/lib/log/log";
import { eventSchema, type Channel, type LiveEvent } from "./schemas";

export interface Listener {
  /** False while the connection is being made again: what was told meanwhile is lost, so readers refetch on `onReconnect`. */
  connected: () => boolean;
  close: () => Promise<void>;
}

const RETRY_MS = { first: 250, most: 5_000 };
// Asked this often and given as long to answer: a server that stopped is known within 10 s.
const PROBE_MS = 5_000;

/**
 * Listens to channels on a connection of its own.
 * States: connecting → listening → (connection lost, or no answer to a probe: a server that is stopped, or a line that was cut, says
 * nothing) → connecting, with doubling waits up to 5 s; closed is final.
 * Trades completeness for simplicity: events told during a lost connection never arrive; `onReconnect` says to look again.
 */
export function listen(options: {
  url: string;
  channels: readonly Channel[];
  log: Log;
  onEvent: (event: LiveEvent) => void;
  onReconnect?: () => void;
  /** How often the server is asked whether it is there, and how long it has to answer; 5 s unless said. */
  probeMs?: number;
}): Listener {
  const probeMs = options.probeMs ?? PROBE_MS;
  let client: pg.Client | null = null;
  let closed = false;
  let listening = false;
  let waitMs = RETRY_MS.first;
  let timer: NodeJS.Timeout | null = null;
  let everListened = false;

  const again = (lost: pg.Client): void => {
    if (closed || client !== lost) return;
    client = null;
    listening = false;
    if (timer) clearTimeout(timer);
    lost.end().catch(() => undefined);
    timer = setTimeout(() => void connect(), waitMs);
    waitMs = Math.min(waitMs * 2, RETRY_MS.most);
  };

  const probe = (held: pg.Client): void => {
    timer = setTimeout(() => {
      held.query("select 1").then(
        () => client === held && !closed && probe(held),
        (error: unknown) => {
          options.log.warn({ err: error }, "the database does not answer its listener; trying again");
          again(held);
        },
      );
    }, probeMs);
  };

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: options.url,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: probeMs,
      application_name: "liveconnect-listen",
    });
    client = next;
    next.on("error", () => again(next));
    next.on("end", () => again(next));
    next.on("notification", (message) => {
      const event = parseEvent(message.payload);
      if (event) options.onEvent(event);
      else options.log.warn({ channel: message.channel }, "a notification was not understood and dropped");
    });
    try {
      await next.connect();
      await next.query(options.channels.map((channel) => `listen ${channel}`).join(";"));
      listening = true;
      waitMs = RETRY_MS.first;
      if (everListened) options.onReconnect?.();
      everListened = true;
      probe(next);
    } catch (error) {
      options.log.warn({ err: error }, "listening to the database failed; trying again");
      again(next);
    }
  };

  void connect();
  return {
    connected: () => listening,
    close: async () => {
      closed = true;
      if (timer) clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

function parseEvent(payload: string | undefined): LiveEvent | null {
  try {
    const parsed = eventSchema.safeParse(JSON.parse(payload ?? ""));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
