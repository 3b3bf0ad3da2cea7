import path from "node:path";
import { z } from "zod";
import type { Act } from "./act";
import { callsBetween } from "./app-traffic";
import { openCallLog } from "./call-log";
import { Device, type Happening } from "./device";
import { openDeviceStorage } from "./device-storage";
import type { DeviceTiming } from "./device-timing";
import type { DeviceToken } from "./device-token";
import { type BrokerAddress, Network } from "./network";
import { orderTopic } from "./order-topic";
import type { Person } from "./people";
import type { Random } from "./random";
import type { TrueEnding } from "./truth";
import type { RecordedConnection, TruthRecorder } from "./truth-recorder";
import { putBytesWith, type UploadHabit } from "./upload-habits";

export interface PhoneOptions {
  person: Person;
  seed: number;
  getToken: (why: "connect" | "refused") => Promise<DeviceToken>;
  brokers: readonly BrokerAddress[];
  topicRoot: string;
  /** Everything this phone keeps on disk; no other phone may use it. */
  folder: string;
  uploadHabit: UploadHabit;
  /** 0: as fast as it can. */
  readBytesPerSecond: number;
  timing: DeviceTiming;
  truth: TruthRecorder;
  onHappening: (happening: Happening | { kind: "message" }) => void;
  random: Random;
  now: () => number;
}

/** A person's phone: a network, an app that the system may end, and the reference agent in it. */
export interface Phone {
  readonly person: Person;
  readonly status: Device["state"]["status"];
  /** Lets something happen to it. */
  act: (act: Act) => void;
}

const DAY_MS = 24 * 3_600_000;
const LOG_RING_BYTES = 1_048_576;
// An order is done within minutes; one whose end was never heard is let go.
const ORDER_LIFE_MS = 30 * 60_000;
// A phone that repeats itself does so this much later, as after an acknowledgement that was lost.
const REPEAT_MS = 1_000;

const noticeSchema = z.object({ type: z.literal("order.placed"), orderId: z.string() });
const orderStatusSchema = z.object({ orderId: z.string(), status: z.string() });

/** A phone that is switched on, with the app closed. */
export function createPhone(options: PhoneOptions): Phone {
  const { person, truth } = options;
  const network = new Network(options);
  const recorded = new Set<RecordedConnection>();
  let app: Device | null = null;

  const openApp = (): Device => {
    const connections = new Map<number, RecordedConnection>();
    const device = createApp(options, network, (happening) => {
      if (happening.kind === "connected") {
        const { node = null, openedAtMs: attemptedAtMs = 0 } = network.latest ?? {};
        const { clientId, cleanSession } = person;
        const connection = truth.begin({ clientId, cleanSession, node, attemptedAtMs });
        connections.set(happening.connection, connection);
        recorded.add(connection);
      }
      if (happening.kind === "ended") {
        const connection = connections.get(happening.connection);
        connections.delete(happening.connection);
        connection?.end(endingOf(happening.why));
        if (connection) recorded.delete(connection);
      }
      options.onHappening(happening);
    });
    device.start();
    return device;
  };
  const endAll = (ending: TrueEnding): void => {
    for (const connection of recorded) connection.end(ending);
    recorded.clear();
  };
  const connectBy = (node: string | undefined): void => {
    if (node !== undefined) network.prefer(node);
    const wasGone = network.isGone;
    network.restore();
    if (!app) app = openApp();
    else if (app.state.status === "stopped") app.start();
    // An agent that believes itself online over a dead socket is told by the system, too.
    else if (wasGone || app.state.status === "waiting") app.networkChanged();
  };

  return {
    person,
    get status() {
      return app?.state.status ?? "stopped";
    },
    act: (act) => {
      switch (act.kind) {
        case "open":
        case "find-network":
          return connectBy(act.node);
        case "close":
          return app?.stop();
        case "kill":
          endAll("killed");
          app?.close();
          app = null;
          return undefined;
        case "cut":
          endAll("cut");
          return network.cut();
        case "hand-over":
          if (act.node !== undefined) network.prefer(act.node);
          network.change();
          return app?.networkChanged();
        case "lose-network":
          endAll("silent");
          return network.lose();
      }
    },
  };
}

function endingOf(why: "left" | "replaced" | "lost"): TrueEnding {
  switch (why) {
    case "left":
      return "disconnect";
    case "replaced":
      return "taken-over";
    case "lost":
      return "lost";
  }
}

/** The app: the reference agent, the log it keeps, and the orders it follows. */
function createApp(options: PhoneOptions, network: Network, onHappening: PhoneOptions["onHappening"]): Device {
  const { person, now, random, folder, uploadHabit } = options;
  const followedSince = new Map<string, number>();
  const repeated = new WeakSet<object>();

  const device = new Device({
    clientId: person.clientId,
    openStream: () => network.open(),
    topicRoot: options.topicRoot,
    groups: [person.platform, `app-${person.appVersion.split(".").slice(0, 2).join(".")}`],
    cleanSession: person.cleanSession,
    gzip: person.platform === "android",
    getToken: options.getToken,
    log: openCallLog({
      folder,
      clientId: person.clientId,
      maxBytes: LOG_RING_BYTES,
      callsBetween: (fromMs, toMs) => callsBetween({ seed: options.seed, person, fromMs, toMs }),
      historyMs: DAY_MS,
      now,
    }),
    storage: openDeviceStorage({ folder: path.join(folder, person.clientId), now }),
    isOnWifi: () => network.isWifi,
    refusesLogs: () => (uploadHabit === "declines" ? "person-declined" : null),
    putBytes: putBytesWith(uploadHabit, random),
    timing: options.timing,
    onMessage: (_topicName, payload) => {
      onHappening({ kind: "message" });
      const message = parseJson(payload);
      const notice = noticeSchema.safeParse(message);
      if (notice.success) return followOrder(notice.data.orderId);
      const order = orderStatusSchema.safeParse(message);
      if (order.data?.status === "delivered") letOrderGo(order.data.orderId);
    },
    onHappening: (happening) => {
      onHappening(happening);
      if (uploadHabit !== "repeats" || happening.kind !== "event" || repeated.has(happening.event)) return;
      repeated.add(happening.event);
      setTimeout(() => device.send(happening.event), REPEAT_MS).unref();
    },
    random,
    now,
  });

  const followOrder = (orderId: string): void => {
    for (const [known, sinceMs] of followedSince) if (now() - sinceMs > ORDER_LIFE_MS) letOrderGo(known);
    followedSince.set(orderId, now());
    device.follow(orderTopic(orderId));
  };
  const letOrderGo = (orderId: string): void => {
    if (followedSince.delete(orderId)) device.unfollow(orderTopic(orderId));
  };
  return device;
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
}
