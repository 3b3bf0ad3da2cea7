import { notifyManager, type QueryClient } from "@tanstack/react-query";
import type { LiveEvent } from "@/lib/events/schemas";
import { applyAlertsEvent } from "./alerts";
import { applyClusterEvent } from "./cluster";
import { applyDiagnosticsEvent } from "./diagnostics";
import { openEventStream, type LiveState } from "./event-stream";
import { applyPresenceEvent } from "./presence";
import { applyPublishEvent } from "./publish";
import { goToSignIn } from "./request";
import { applySendEvent } from "./sends";
import { renewSession } from "./session";
import { watchShownClients } from "./watch-clients";

/** One capability's answer to an event: patches or invalidates its own queries; ignores what is not its own. */
type ApplyEvent = (queryClient: QueryClient, event: LiveEvent) => void;

const APPLY: readonly ApplyEvent[] = [
  applyAlertsEvent,
  applyClusterEvent,
  applyDiagnosticsEvent,
  applyPresenceEvent,
  applyPublishEvent,
  applySendEvent,
];

// A hidden tab gives its connection back: browsers allow six to one host over HTTP/1.1, and nobody looks.
const HIDDEN_MS = 60_000;
const RENEW_MS = 5 * 60_000;
const MAX_WAITING_EVENTS = 1_000;

/**
 * Holds this tab's event stream while someone looks at it, and patches the query cache from it; the result ends it.
 * States: open → closed (the tab was hidden for a minute) → open again when it is looked at.
 */
export function openLiveFeed(queryClient: QueryClient, onState: (state: LiveState) => void): () => void {
  const cache = cacheFeed(queryClient);
  const watch = watchShownClients(queryClient);
  const isSignedIn = async () => {
    const holds = await renewSession();
    if (!holds) goToSignIn();
    return holds;
  };
  const open = () =>
    openEventStream({
      isSignedIn,
      onEvent: cache.take,
      onStream: watch.onStream,
      onRefetch: () => void queryClient.invalidateQueries(),
      onState,
    });
  let close: (() => void) | null = open();
  let hidden: ReturnType<typeof setTimeout> | undefined;
  const renewal = setInterval(() => document.visibilityState === "visible" && void isSignedIn(), RENEW_MS);
  const onVisibility = () => {
    clearTimeout(hidden);
    if (document.visibilityState === "visible") close ??= open();
    else
      hidden = setTimeout(() => {
        close?.();
        close = null;
      }, HIDDEN_MS);
  };
  document.addEventListener("visibilitychange", onVisibility);
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    clearTimeout(hidden);
    clearInterval(renewal);
    close?.();
    cache.stop();
    watch.stop();
  };
}

/** Gathers events and applies them once a frame, as one change to whoever watches the cache. */
function cacheFeed(queryClient: QueryClient) {
  let waiting: LiveEvent[] = [];
  let frame: number | null = null;
  const apply = (): void => {
    const events = waiting;
    waiting = [];
    frame = null;
    notifyManager.batch(() => {
      for (const event of events) for (const applyEvent of APPLY) applyEvent(queryClient, event);
    });
  };
  return {
    take: (event: LiveEvent): void => {
      waiting.push(event);
      if (waiting.length > MAX_WAITING_EVENTS) {
        // A tab that draws no frames lets them pile up; asking again is cheaper than replaying.
        waiting = [];
        void queryClient.invalidateQueries();
      }
      frame ??= requestAnimationFrame(apply);
    },
    stop: (): void => {
      if (frame !== null) cancelAnimationFrame(frame);
    },
  };
}
