import type { Clock } from "./clock";
import type { HomeNode } from "./connection";
import { sessionOnly } from "./hook-bodies";
import type { Session, Sessions } from "./sessions";

export interface ExpiryParts {
  clock: Clock;
  sessions: Sessions;
  homeOf: (nodeName: string) => HomeNode | null;
  /** VerneMQ's persistent_client_expiration; null is never. */
  afterMs: number | null;
}

/** Ends a session that waits for its client too long, and tells on_session_expired. MQTT 3.1.1 itself knows no expiry. */
export function createExpiry({ clock, sessions, homeOf, afterMs }: ExpiryParts): (session: Session) => void {
  return (session) => {
    if (afterMs === null) return;
    const { sessionStartedAt } = session;
    clock.after(afterMs, () => {
      const isSame = sessions.find(session.clientId) === session && session.sessionStartedAt === sessionStartedAt;
      if (!isSame || session.online) return;
      sessions.remove(session);
      void homeOf(session.nodeName)?.webhooks.tell("on_session_expired", sessionOnly(session));
    });
  };
}
