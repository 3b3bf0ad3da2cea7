import type { Qos } from "@/lib/mqtt/qos";

/** What a session needs of the connection that holds it. */
export interface SessionHolder {
  /** Ends the connection; resolves when its ending has been told. */
  close: (how: { ending: Ending }) => Promise<void>;
}

/** How an ending is told: as the session's kind says, as a session that ends for good, or not at all. */
export type Ending = "by-session" | "gone" | "untold";

export interface Peer {
  address: string;
  port: number;
  transport: "mqtt" | "mqttws";
}

/** One session of the cluster: VerneMQ's queue. It outlives its connection when it is persistent. */
export interface Session {
  readonly serial: number;
  readonly clientId: string;
  cleanSession: boolean;
  /** Node that holds it, or held it last. */
  nodeName: string;
  /** What auth_on_register made of User Name; VerneMQ shows it only while online. */
  user: string | null;
  peer: Peer;
  /** 3 or 4, as in the CONNECT packet. */
  protocolVersion: number;
  queueStartedAt: number;
  sessionStartedAt: number;
  /** Topic filter → granted QoS. */
  readonly subscriptions: Map<string, Qos>;
  maxOfflineMessages: number;
  online: boolean;
  /** The connection it belongs to, also while that one's ending is still being told. */
  holder: SessionHolder | null;
}

export type NewSession = Pick<
  Session,
  "clientId" | "cleanSession" | "nodeName" | "user" | "peer" | "protocolVersion" | "maxOfflineMessages"
> & { holder: SessionHolder };

export interface SessionEvents {
  opened: (session: Session) => void;
  removed: (session: Session) => void;
}

/** All sessions of all nodes, by client identifier. In memory only: they end with the process. */
export class Sessions {
  private readonly byClientId = new Map<string, Session>();
  private serials = 0;

  constructor(
    private readonly now: () => number,
    private readonly events: SessionEvents,
  ) {}

  find(clientId: string): Session | null {
    return this.byClientId.get(clientId) ?? null;
  }

  all(): IterableIterator<Session> {
    return this.byClientId.values();
  }

  /** Brings a session online: resumes a persistent one, else begins anew. The old holder must have ended. */
  open(fresh: NewSession): Session {
    const old = this.byClientId.get(fresh.clientId);
    const now = this.now();
    if (old && !old.cleanSession && !fresh.cleanSession) {
      if (old.nodeName !== fresh.nodeName) old.queueStartedAt = now;
      return Object.assign(old, fresh, { online: true, sessionStartedAt: now });
    }
    if (old) this.remove(old);
    this.serials += 1;
    const session: Session = {
      ...fresh,
      online: true,
      serial: this.serials,
      subscriptions: new Map(),
      queueStartedAt: now,
      sessionStartedAt: now,
    };
    this.byClientId.set(session.clientId, session);
    this.events.opened(session);
    return session;
  }

  /** The connection of a session is closed. A late call of an old holder does nothing. */
  goOffline(session: Session, holder: SessionHolder): void {
    if (session.holder === holder) session.online = false;
  }

  /** The ending of a session's connection is told: the session waits for its client, or is removed when it was a clean one. */
  release(session: Session, holder: SessionHolder): void {
    if (session.holder !== holder) return;
    session.holder = null;
    if (session.cleanSession) this.remove(session);
  }

  /** Removes a session and what it left behind. */
  remove(session: Session): void {
    if (this.byClientId.get(session.clientId) !== session) return;
    this.byClientId.delete(session.clientId);
    this.events.removed(session);
  }
}
