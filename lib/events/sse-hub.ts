import { randomUUID } from "node:crypto";
import type { Log } from "@/lib/log/log";
import type { Permission } from "@/lib/rbac/permissions";
import { listen } from "./listen";
import { createPresenceFanout, type PresenceReader } from "./presence-fanout";
import { CHANNELS, channelOf, type Channel, type LiveEvent } from "./schemas";

/**
 * One listening connection for all browsers of a console, fanned out as server-sent events.
 * An event goes to whoever may read its capability; of presence, to whose page shows the client (presence-fanout.ts). A browser
 * that reads too slowly misses events and is told to refetch once it reads again; so are all after the listening connection was
 * lost.
 * Trades: events are hints that something changed; nothing is kept for a browser that was away.
 */
export interface SseHub {
  /** A stream of bytes for one browser; null when the operator has too many already. */
  subscribe: (browser: Browser) => ReadableStream<Uint8Array> | null;
  /**
   * Says which clients the page behind a stream shows, so that of all others it is only told how many changed. False: this
   * process does not hold the stream, which then goes on being told of every client.
   */
  watch: (page: { streamId: string; operatorId: string; clientIds: readonly string[] }) => boolean;
  /** True while events arrive from the database. */
  connected: () => boolean;
  browsers: () => number;
  close: () => Promise<void>;
}

export interface Browser {
  operatorId: string;
  may: (permission: Permission) => boolean;
  /** Asked every 20 s; false ends the stream. Never rejects. */
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
// A stream is closed within 30 s of a revocation; the rest is for the asking.
const RECHECK_MS = 20_000;
/** Unread bytes a browser may have; about 1 000 presence changes. */
const MAX_UNREAD_BYTES = 64 * 1024;
/** A person with more tabs than this open at once is a script. */
const MAX_PER_OPERATOR = 20;

interface Subscriber extends Browser {
  /** Told to the browser, by which it says what it shows. */
  streamId: string;
  send: (chunk: Uint8Array) => void;
}

const encoder = new TextEncoder();
const encodeEvent = (event: LiveEvent): Uint8Array => encoder.encode(`data: ${JSON.stringify(event)}\n\n`);
const REFETCH = encoder.encode("event: refetch\ndata:\n\n");

/**
 * Services publish thousands of messages a second, which would drown every browser: that some were accepted is for publishers, and
 * of those that were settled only a client's own are told.
 */
const isForBrowsers = (event: LiveEvent): boolean =>
  event.type !== "publish.accepted" &&
  (event.type !== "publish.settled" || event.messages.some(([, , clientId]) => clientId !== null));

/** Opens the hub; it listens at once. */
export function openSseHub(options: { url: string; log: Log; now: () => Date }): SseHub {
  const subscribers = new Set<Subscriber>();
  const broadcast = (chunk: Uint8Array, channel: Channel): void => {
    for (const subscriber of subscribers) if (subscriber.may(NEEDED[channel])) subscriber.send(chunk);
  };

  const presence = createPresenceFanout({ now: options.now });
  const listener = listen({
    url: options.url,
    channels: CHANNELS,
    log: options.log,
    onEvent: (event) => {
      if (event.type === "presence.changed") presence.add(event.clients);
      else if (isForBrowsers(event)) broadcast(encodeEvent(event), channelOf(event.type));
    },
    onReconnect: () => {
      for (const subscriber of subscribers) subscriber.send(REFETCH);
    },
  });

  const open = new Map<Subscriber, { end: () => void; reader: PresenceReader }>();
  return {
    subscribe: (browser) => {
      const own = [...subscribers].filter(({ operatorId }) => operatorId === browser.operatorId);
      if (own.length >= MAX_PER_OPERATOR) return null;
      return openStream({
        browser,
        now: options.now,
        isTold: () => listener.connected(),
        onOpen: (subscriber, end) => {
          const reader: PresenceReader = {
            watched: null,
            tell: (event) => subscriber.send(encodeEvent(event)),
            refetch: () => subscriber.send(REFETCH),
          };
          subscribers.add(subscriber);
          open.set(subscriber, { end, reader });
          if (subscriber.may(NEEDED.presence)) presence.join(reader);
        },
        onEnd: (subscriber) => {
          const ended = open.get(subscriber);
          subscribers.delete(subscriber);
          open.delete(subscriber);
          if (ended) presence.leave(ended.reader);
        },
      });
    },
    watch: ({ streamId, operatorId, clientIds }) => {
      const watching = [...open].find(([one]) => one.streamId === streamId && one.operatorId === operatorId);
      if (!watching) return false;
      presence.watch(watching[1].reader, clientIds);
      return true;
    },
    connected: () => listener.connected(),
    browsers: () => subscribers.size,
    close: async () => {
      for (const { end } of open.values()) end();
      presence.stop();
      await listener.close();
    },
  };
}

/** States of a browser's stream: open ⇄ behind (its buffer is full: events are dropped) → ended. */
function openStream(options: {
  browser: Browser;
  now: () => Date;
  /** Whether events arrive from the database. */
  isTold: () => boolean;
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
          streamId: randomUUID(),
          send: (chunk) => {
            if (behind || (controller.desiredSize ?? 0) < chunk.byteLength) behind = true;
            else controller.enqueue(chunk);
          },
        };
        // A comment would do for the wire, but only an event lets the browser see that the line still lives.
        // None while nothing could be told of: the browser then says how old what it shows is.
        const beat = (): void => {
          if (options.isTold()) subscriber.send(encoder.encode(`event: beat\ndata: ${now().getTime()}\n\n`));
        };
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
        subscriber.send(encoder.encode(`event: stream\ndata: ${subscriber.streamId}\n\n`));
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
