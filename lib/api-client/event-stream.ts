import type { LiveEvent } from "@/lib/events/schemas";

/** How fresh what is shown is; times in ms since the epoch by this machine's clock. */
export type LiveState =
  | { status: "connecting" }
  | { status: "live"; lastMessageAt: number }
  | { status: "lost"; lastMessageAt: number | null };

interface StreamHandlers {
  onState: (state: LiveState) => void;
  onEvent: (event: LiveEvent) => void;
  /** By this name the server knows the stream that has opened. */
  onStream: (streamId: string) => void;
  /** Something may have been missed: ask for everything shown again. */
  onRefetch: () => void;
  /** The stream was refused; false means there is no session any more, and the stream stays closed. */
  isSignedIn: () => Promise<boolean>;
}

// The server beats every 10 s; two missed and a margin.
const SILENCE_MS = 25_000;
const RETRY_MS = { first: 1_000, most: 30_000 };

/**
 * The one event stream of a tab.
 * States: connecting → live → lost (closed, or silent for 25 s) → live …; refused without a session: ends.
 * Every opening asks for a refetch, since what was told while it was closed never arrives. Returns what closes it.
 */
export function openEventStream(handlers: StreamHandlers): () => void {
  let source: EventSource | null = null;
  let lastMessageAt: number | null = null;
  let retryMs = RETRY_MS.first;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const heard = (): void => {
    lastMessageAt = Date.now();
    clearTimeout(silence);
    silence = setTimeout(() => reopen(0), SILENCE_MS);
    handlers.onState({ status: "live", lastMessageAt });
  };

  const reopen = (afterMs: number): void => {
    source?.close();
    clearTimeout(silence);
    handlers.onState({ status: "lost", lastMessageAt });
    retry = setTimeout(open, afterMs);
  };

  const refused = async (): Promise<void> => {
    if (!(await handlers.isSignedIn()) || ended) return;
    // Half to one and a half of the wait, so that a restart of the console is not met by every browser at once.
    reopen(retryMs * (0.5 + Math.random()));
    retryMs = Math.min(retryMs * 2, RETRY_MS.most);
  };

  const open = (): void => {
    const opened = new EventSource("/api/events");
    source = opened;
    opened.addEventListener("open", () => {
      retryMs = RETRY_MS.first;
      heard();
      handlers.onRefetch();
    });
    opened.addEventListener("message", (message: MessageEvent<string>) => {
      heard();
      handlers.onEvent(JSON.parse(message.data) as LiveEvent);
    });
    opened.addEventListener("beat", heard);
    opened.addEventListener("stream", (message: MessageEvent<string>) => handlers.onStream(message.data));
    opened.addEventListener("refetch", () => {
      heard();
      handlers.onRefetch();
    });
    opened.addEventListener("error", () => {
      if (ended || source !== opened) return;
      clearTimeout(silence);
      handlers.onState({ status: "lost", lastMessageAt });
      // CONNECTING: the browser tries again by itself. CLOSED: it was answered with an error and will not.
      if (opened.readyState === EventSource.CLOSED) void refused();
      else silence = setTimeout(() => reopen(0), SILENCE_MS);
    });
  };

  handlers.onState({ status: "connecting" });
  open();
  return () => {
    ended = true;
    source?.close();
    clearTimeout(silence);
    clearTimeout(retry);
  };
}
