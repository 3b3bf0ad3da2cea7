import type { Log } from "@/lib/log/log";
import type { Permission } from "@/lib/rbac/permissions";
import { listen } from "./listen";
import { CHANNELS, channelOf, type Channel, type LiveEvent } from "./schemas";

/**
 * One listening connection for all browsers of a console, fanned out as server-sent events.
 * An event goes to whoever may read its capability. Presence is gathered for 100 ms, the last word of each client, and encoded
 * once for everybody. A browser that reads too slowly misses events and is told to refetch once it reads again; so are all when
 * more changes than a browser should patch, and after the listening connection was lost.
 * Trades: events are hints that something changed; nothing is kept for a browser that was away.
 */
export interface SseHub {
  /** A stream of bytes for one browser; null when the operator has too many already. */
  subscribe: (browser: Browser) => ReadableStream<Uint8Array> | null;
  /** True while events arrive from the database. */
  connected: () => boolean;
  browsers: () => number;
  close: () => Promise<void>;
}

export interface Browser {
  operatorId: string;
  may: (permission: Permission) => boolean;
  /** Asked every 30 s; false ends the stream. Never rejects. */
  stillAllowed: () => Promise<boolean>;
  /** Ends the stream when the browser goes. */
  signal: AbortSignal;
}

const NEEDED: Record<Channel, Permission> = {
  presence: "presence.read",
  cluster: "cluster.read",
  publish: "publish.read",
  diagnostics: "diagnostics.read",
  access: "access.read",
  alert: "alerts.read",
};

const BEAT_MS = 10_000;
const RECHECK_MS = 30_000;
const GATHER_MS = 100;
/** More changed clients than this in 100 ms are cheaper to ask for again. A guess to revisit. */
const MAX_GATHERED_CLIENTS = 500;
/** Least time between two refetches asked of everybody, so that a flood of changes does not become a flood of queries. */
const REFETCH_EVERY_MS = 5_000;
/** Unread bytes a browser may have; about 1 000 presence changes. */
const MAX_UNREAD_BYTES = 64 * 1024;
/** A person with more tabs than this open at once is a script. */
const MAX_PER_OPERATOR = 20;

interface Subscriber extends Browser {
  send: (chunk: Uint8Array) => void;
}

const encoder = new TextEncoder();
const encodeEvent = (event: LiveEvent): Uint8Array => encoder.encode(`data: ${JSON.stringify(event)}\n\n`);
const REFETCH = encoder.encode("event: refetch\ndata:\n\n");

type PresenceEntry = Extract<LiveEvent, { type: "presence.changed" }>["clients"][number];

/** Opens the hub; it listens at once. */
export function openSseHub(options: { url: string; log: Log; now: () => Date }): SseHub {
  const subscribers = new Set<Subscriber>();
  const broadcast = (chunk: Uint8Array, channel: Channel): void => {
    for (const subscriber of subscribers) if (subscriber.may(NEEDED[channel])) subscriber.send(chunk);
  };

  const presence = gatherPresence({
    now: options.now,
    flush: (clients) => broadcast(encodeEvent({ type: "presence.changed", clients }), "presence"),
    tooMany: () => broadcast(REFETCH, "presence"),
  });
  const listener = listen({
    url: options.url,
    channels: CHANNELS,
    log: options.log,
    onEvent: (event) => {
      if (event.type === "presence.changed") presence.add(event.clients);
      else broadcast(encodeEvent(event), channelOf(event.type));
    },
    onReconnect: () => {
      for (const subscriber of subscribers) subscriber.send(REFETCH);
    },
  });

  const endings = new Map<Subscriber, () => void>();
  return {
    subscribe: (browser) => {
      const own = [...subscribers].filter(({ operatorId }) => operatorId === browser.operatorId);
      if (own.length >= MAX_PER_OPERATOR) return null;
      return openStream({
        browser,
        now: options.now,
        onOpen: (subscriber, end) => {
          subscribers.add(subscriber);
          endings.set(subscriber, end);
        },
        onEnd: (subscriber) => {
          subscribers.delete(subscriber);
          endings.delete(subscriber);
        },
      });
    },
    connected: () => listener.connected(),
    browsers: () => subscribers.size,
    close: async () => {
      for (const end of endings.values()) end();
      presence.stop();
      await listener.close();
    },
  };
}

/** The last word of each client over 100 ms; too many are told as such, at most once in 5 s. */
function gatherPresence(told: { now: () => Date; flush: (clients: PresenceEntry[]) => void; tooMany: () => void }): {
  add: (clients: readonly PresenceEntry[]) => void;
  stop: () => void;
} {
  const gathered = new Map<string, PresenceEntry>();
  let timer: NodeJS.Timeout | null = null;
  let refetchedAt = 0;
  const flush = (): void => {
    timer = null;
    if (gathered.size <= MAX_GATHERED_CLIENTS) told.flush([...gathered.values()]);
    else {
      const dueMs = refetchedAt + REFETCH_EVERY_MS - told.now().getTime();
      if (dueMs > 0) {
        // Stays over the bound until then: the refetch covers what is not gathered meanwhile.
        timer = setTimeout(flush, dueMs);
        return;
      }
      refetchedAt = told.now().getTime();
      told.tooMany();
    }
    gathered.clear();
  };
  return {
    add: (clients) => {
      for (const entry of clients) if (gathered.size <= MAX_GATHERED_CLIENTS) gathered.set(entry.clientId, entry);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    stop: () => {
      if (timer) clearTimeout(timer);
    },
  };
}

/** States of a browser's stream: open ⇄ behind (its buffer is full: events are dropped) → ended. */
function openStream(options: {
  browser: Browser;
  now: () => Date;
  onOpen: (subscriber: Subscriber, end: () => void) => void;
  onEnd: (subscriber: Subscriber) => void;
}): ReadableStream<Uint8Array> {
  const { browser, now } = options;
  let behind = false;
  let end = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const subscriber: Subscriber = {
          ...browser,
          send: (chunk) => {
            if (behind || (controller.desiredSize ?? 0) < chunk.byteLength) behind = true;
            else controller.enqueue(chunk);
          },
        };
        // A comment would do for the wire, but only an event lets the browser see that the line still lives.
        const beat = (): void => subscriber.send(encoder.encode(`event: beat\ndata: ${now().getTime()}\n\n`));
        const beats = setInterval(beat, BEAT_MS);
        const rechecks = setInterval(async () => {
          if (!(await browser.stillAllowed())) end();
        }, RECHECK_MS);
        end = () => {
          end = () => undefined;
          clearInterval(beats);
          clearInterval(rechecks);
          options.onEnd(subscriber);
          try {
            controller.close();
          } catch {
            // Cancelled by its reader: closed already.
          }
        };
        browser.signal.addEventListener("abort", () => end(), { once: true });
        options.onOpen(subscriber, () => end());
        beat();
        if (browser.signal.aborted) end();
      },
      pull: (controller) => {
        // Half empty again, so that a slow reader is not told to refetch at every step.
        if (!behind || (controller.desiredSize ?? 0) < MAX_UNREAD_BYTES / 2) return;
        behind = false;
        controller.enqueue(REFETCH);
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNREAD_BYTES }),
  );
}
