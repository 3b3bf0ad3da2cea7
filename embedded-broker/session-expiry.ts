import type { Clock } from "./clock";
import type { HomeNode } from "./connection";
import { sessionOnly } from "./hook-bodies";
import type { Session, Sessions } from "./sessions";

/** VerneMQ's persistent_client_expiration, which can be changed while it runs; 0 is never. */
export interface ExpiryRules {
  afterSeconds: number;
}

export interface ExpiryParts {
  clock: Clock;
  sessions: Sessions;
  homeOf: (nodeName: string) => HomeNode | null;
  rules: ExpiryRules;
}

/** Ends a session that waits for its client too long, and tells on_session_expired. MQTT 3.1.1 itself knows no expiry. */
export function createExpiry({ clock, sessions, homeOf, rules }: ExpiryParts): (session: Session) => void {
  return (session) => {
    if (rules.afterSeconds === 0) return;
    const { sessionStartedAt } = session;
    clock.after(rules.afterSeconds * 1_000, () => {
      const isSame = sessions.find(session.clientId) === session && session.sessionStartedAt === sessionStartedAt;
      if (!isSame || session.online) return;
      sessions.remove(session);
      void homeOf(session.nodeName)?.webhooks.tell("on_session_expired", sessionOnly(session));
    });
  };
}
