import type { Person } from "./people";
import type { PublisherClient } from "./publisher-client";
import { exponential, pick, type Random } from "./random";

// A phone gets one in five seconds of its day: two thirds of what a slow one reads, so that a few in a row keep it behind.
const MESSAGES_PER_SECOND_AND_PHONE = 0.2;
// Of all phones together, and little beside what the publisher takes.
const MOST_MESSAGES_PER_SECOND = 40;
const PAYLOAD_BYTES = 2_048;
const MOST_IN_FLIGHT = 100;

/** A service that sends to the phones of these people, one at random at a time, until the returned function is called. */
export function startFeed(options: {
  people: readonly Person[];
  publisher: PublisherClient;
  random: Random;
  /** Seconds of the phones' day in one second. */
  speed: number;
}): () => void {
  const { people, publisher, random, speed } = options;
  const messagesPerSecond = Math.min(MOST_MESSAGES_PER_SECOND, people.length * MESSAGES_PER_SECOND_AND_PHONE * speed);
  const filler = "x".repeat(PAYLOAD_BYTES);
  const run = crypto.randomUUID();
  let inFlight = 0;
  let sent = 0;
  let timer: NodeJS.Timeout;
  const sendNext = (): void => {
    timer = setTimeout(sendNext, exponential(random, 1_000 / messagesPerSecond));
    if (inFlight >= MOST_IN_FLIGHT) return;
    inFlight += 1;
    sent += 1;
    const { clientId } = pick(random, people);
    const payload = JSON.stringify({ type: "news", number: sent, filler });
    void publisher.publish({ to: { clientId }, payload, idempotencyKey: `${run}-${sent}` }).then(() => (inFlight -= 1));
  };
  sendNext();
  return () => {
    clearTimeout(timer);
    publisher.close();
  };
}
