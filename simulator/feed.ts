import type { Person } from "./people";
import type { PublisherClient } from "./publisher-client";
import { exponential, pick, type Random } from "./random";

// Together more than a slow phone reads, and little beside what the publisher takes.
const MESSAGES_PER_SECOND = 20;
const PAYLOAD_BYTES = 2_048;
const MOST_IN_FLIGHT = 100;

/** A service that sends to the phones of these people, one at random at a time, until the returned function is called. */
export function startFeed(options: {
  people: readonly Person[];
  publisher: PublisherClient;
  random: Random;
}): () => void {
  const { people, publisher, random } = options;
  const filler = "x".repeat(PAYLOAD_BYTES);
  const run = crypto.randomUUID();
  let inFlight = 0;
  let sent = 0;
  let timer: NodeJS.Timeout;
  const sendNext = (): void => {
    timer = setTimeout(sendNext, exponential(random, 1_000 / MESSAGES_PER_SECOND));
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
