import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { orderTopic } from "./order-topic";
import { pause } from "./pause";
import type { Person } from "./people";
import type { PublisherClient } from "./publisher-client";
import { between, exponential, pick, type Random } from "./random";

/** What becomes of an order, and how long each status lasts (seconds): two minutes or so in all. */
export const ORDER_STATUSES = [
  { status: "placed", shortest: 5, longest: 15 },
  { status: "accepted", shortest: 15, longest: 30 },
  { status: "preparing", shortest: 20, longest: 50 },
  { status: "picked_up", shortest: 30, longest: 60 },
  { status: "delivered", shortest: 0, longest: 0 },
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number]["status"];

export interface OrderServiceOptions {
  people: readonly Person[];
  publisher: PublisherClient;
  random: Random;
  now: () => number;
  /** Hears each order placed and ended; `failed`: LiveConnect refused it or stayed away. */
  onOrder: (outcome: "placed" | "delivered" | "failed") => void;
}

const ORDER_EVERY_MS = 5_000;
const MOST_IN_FLIGHT = 100;
const GRANT_LIFE_MS = 30 * 60_000;
// The phone hears of its order, then subscribes; a status sent at once could be too early.
const SUBSCRIBE_PAUSE_MS = 2_000;

/**
 * A pharmacy's order service, as the team of such a service would write it: it lets the person watch the order's topic, tells the phone,
 * and publishes each status, all through the public HTTP API. Gives the function that stops it.
 */
export function startOrders(options: OrderServiceOptions): () => void {
  const { random } = options;
  let inFlight = 0;
  let timer: NodeJS.Timeout;
  const stopped = new AbortController();
  setMaxListeners(MOST_IN_FLIGHT, stopped.signal);

  const run = async (): Promise<void> => {
    inFlight += 1;
    const outcome = await runOrder(options, stopped.signal);
    inFlight -= 1;
    if (!stopped.signal.aborted) options.onOrder(outcome);
  };
  const placeNext = (): void => {
    // With LiveConnect away orders wait in their retries; none is added beyond the bound.
    if (inFlight < MOST_IN_FLIGHT) void run();
    timer = setTimeout(placeNext, exponential(random, ORDER_EVERY_MS));
  };
  timer = setTimeout(placeNext, ORDER_EVERY_MS);
  return () => {
    clearTimeout(timer);
    stopped.abort();
    options.publisher.close();
  };
}

async function runOrder(options: OrderServiceOptions, stopped: AbortSignal): Promise<"delivered" | "failed"> {
  const { publisher, random, now } = options;
  const person = pick(random, options.people);
  const orderId = newOrderId();
  const topicName = orderTopic(orderId);
  const expiresAt = new Date(now() + GRANT_LIFE_MS).toISOString();

  const granted = await publisher.grant({ personId: person.personId, topicFilter: topicName, expiresAt });
  const told =
    granted &&
    (await publisher.publish({
      to: { clientId: person.clientId },
      payload: JSON.stringify({ type: "order.placed", orderId }),
      idempotencyKey: `${orderId}-told`,
    }));
  if (!told) return "failed";
  options.onOrder("placed");
  await pause(SUBSCRIBE_PAUSE_MS, stopped);

  for (const { status, shortest, longest } of ORDER_STATUSES) {
    const payload = JSON.stringify({ orderId, status, at: new Date(now()).toISOString() });
    const idempotencyKey = `${orderId}-${status}`;
    if (stopped.aborted || !(await publisher.publish({ to: { topicName }, payload, idempotencyKey }))) return "failed";
    await pause(between(random, shortest, longest) * 1_000, stopped);
  }
  return "delivered";
}

/** Not from the seed: an order must not come twice after a restart, or its messages would count as sent. */
const newOrderId = (): string => `PD-${randomBytes(5).toString("hex").toUpperCase()}`;
