import type { Qos } from "@/lib/mqtt/qos";
import type { DeliveredPacket } from "./aedes-internals";

/** What a session needs of the connection that holds it. */
export interface SessionHolder {
  /** Is the connection closed already, and its ending only told yet? */
  readonly isClosing: boolean;
  /** Resolves when the ending has been told. */
  readonly ended: Promise<void>;
  /** Ends the connection at once; `after` delays the telling of it. */
  close: (how: { ending: Ending; after?: Promise<unknown> }) => Promise<void>;
  /** Gives it a message that was on its way. */
  deliver: (packet: DeliveredPacket) => void;
  /** Ends subscriptions without a word to the client. */
  unsubscribe: (topicFilters: string[]) => Promise<void>;
  /** Goes on with a session of its own, apart from the one its client has elsewhere. */
  strand: (own: Session) => void;
  /** Holds the session of its client again. */
  reattach: (session: Session) => void;
}

/** How an ending is told: as the session's kind says, as a session that ends for good, or not at all. */
export type Ending = "by-session" | "gone" | "untold";

export interface Peer {
  address: string;
  port: number;
  transport: "mqtt" | "mqtts" | "mqttws";
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
  /** Did the last CONNECT find it? */
  resumed: boolean;
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
  /** A persistent session waits for its client from now on. */
  waiting: (session: Session) => void;
}

/**
 * All sessions of all nodes, by client identifier. In memory only: they end with the process.
 * While nodes do not hear each other a client may have a second session: the one on the node that is away is stranded there.
 */
export class Sessions {
  private readonly byClientId = new Map<string, Session>();
  private readonly strandedOnes = new Set<Session>();
  private serials = 0;

  constructor(
    private readonly now: () => number,
    private readonly events: SessionEvents,
  ) {}

  find(clientId: string): Session | null {
    return this.byClientId.get(clientId) ?? null;
  }

  *all(): Generator<Session> {
    yield* this.byClientId.values();
    yield* this.strandedOnes;
  }

  get stranded(): readonly Session[] {
    return [...this.strandedOnes];
  }

  /**
   * The client of this session turned up where the session's node is not heard. A connection there goes on with a copy; what is
   * persistent moves to `nodeName`, offline.
   */
  leaveBehind(session: Session, nodeName: string): void {
    const { holder } = session;
    if (holder && session.online) {
      this.serials += 1;
      const own: Session = { ...session, serial: this.serials, subscriptions: new Map(session.subscriptions) };
      this.strandedOnes.add(own);
      holder.strand(own);
    }
    if (session.cleanSession) this.byClientId.delete(session.clientId);
    else Object.assign(session, { nodeName, online: false, holder: null, queueStartedAt: this.now() });
  }

  /** A stranded session whose client has no other is the session of its client again. */
  takeBack(own: Session): void {
    this.strandedOnes.delete(own);
    this.byClientId.set(own.clientId, own);
    own.holder?.reattach(own);
  }

  /** Brings a session online: resumes a persistent one, else begins anew. The old holder must have ended. */
  open(fresh: NewSession): Session {
    const old = this.byClientId.get(fresh.clientId);
    const now = this.now();
    if (old && !old.cleanSession && !fresh.cleanSession) {
      if (old.nodeName !== fresh.nodeName) old.queueStartedAt = now;
      return Object.assign(old, fresh, { online: true, resumed: true, sessionStartedAt: now });
    }
    if (old) this.remove(old);
    this.serials += 1;
    const session: Session = {
      ...fresh,
      online: true,
      resumed: false,
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
    if (this.strandedOnes.delete(session)) return;
    if (session.cleanSession) this.remove(session);
    else this.events.waiting(session);
  }

  /** Removes a session and what it left behind. */
  remove(session: Session): void {
    if (this.byClientId.get(session.clientId) !== session) return;
    this.byClientId.delete(session.clientId);
    this.events.removed(session);
  }
}
