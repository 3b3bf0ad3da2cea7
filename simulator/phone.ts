import { z } from "zod";
import { callsBetween } from "./app-traffic";
import { openCallLog } from "./call-log";
import { Device, type Happening } from "./device";
import { type DeviceToken, TOKEN_FAULTS, type TokenIssuer } from "./device-token";
import { orderTopic } from "./order-topic";
import type { Person } from "./people";
import { pick, type Random } from "./random";

export interface PhoneOptions {
  person: Person;
  seed: number;
  issuer: TokenIssuer;
  brokerUrls: readonly string[];
  topicRoot: string;
  logFolder: string;
  onHappening: (happening: Happening | { kind: "message" }) => void;
  random: Random;
  now: () => number;
}

const DAY_MS = 24 * 3_600_000;
const LOG_RING_BYTES = 1_048_576;
// An order is done within minutes; one whose end was never heard is let go.
const ORDER_LIFE_MS = 30 * 60_000;
// A cached token is used until it is this near its end.
const TOKEN_MARGIN_MS = 60_000;

const noticeSchema = z.object({ type: z.literal("order.placed"), orderId: z.string() });
const orderStatusSchema = z.object({ orderId: z.string(), status: z.string() });

/** A person's phone with the app on it: the reference agent, the app's log, its token, and the orders it follows. */
export function createPhone(options: PhoneOptions): Device {
  const { person, random, now } = options;
  const followedSince = new Map<string, number>();

  const device = new Device({
    clientId: person.clientId,
    brokerUrls: options.brokerUrls,
    topicRoot: options.topicRoot,
    groups: [person.platform, `app-${person.appVersion.split(".").slice(0, 2).join(".")}`],
    cleanSession: person.cleanSession,
    gzip: person.platform === "android",
    getToken: tokenSource(options),
    log: openCallLog({
      folder: options.logFolder,
      clientId: person.clientId,
      maxBytes: LOG_RING_BYTES,
      callsBetween: (fromMs, toMs) => callsBetween({ seed: options.seed, person, fromMs, toMs }),
      historyMs: DAY_MS,
      now,
    }),
    onMessage: (_topicName, payload) => {
      options.onHappening({ kind: "message" });
      const message = parseJson(payload);
      const notice = noticeSchema.safeParse(message);
      if (notice.success) return followOrder(notice.data.orderId);
      const order = orderStatusSchema.safeParse(message);
      if (order.data?.status === "delivered") letOrderGo(order.data.orderId);
    },
    onHappening: options.onHappening,
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

/** Keeps a token until it is old or refused; now and then it is one that is no good, as a stale cache or a wrong clock makes it. */
function tokenSource({
  person,
  issuer,
  random,
  now,
}: PhoneOptions): (why: "connect" | "refused") => Promise<DeviceToken> {
  let cached: DeviceToken | null = null;
  return async (why) => {
    if (random() < person.badTokenShare) return issuer.issueFaulty(person, pick(random, TOKEN_FAULTS));
    if (!cached || why === "refused" || cached.expiresAtMs - TOKEN_MARGIN_MS < now())
      cached = await issuer.issue(person);
    return cached;
  };
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
}
