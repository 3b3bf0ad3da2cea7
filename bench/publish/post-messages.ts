import { openExchange, type Exchange } from "../gateway/raw-load";

/** How a run of requests went. */
export interface Posted {
  /** Requests that were not answered 200 or 202. */
  wrong: number;
}

const kept = new Map<number, Exchange[]>();

/**
 * Posts messages over kept connections, `inFlight` requests at once, `perRequest` messages each. Plain sockets, so that the load
 * costs less than what it measures.
 */
export async function postMessages(options: {
  port: number;
  key: string;
  messages: number;
  perRequest: number;
  inFlight: number;
  topicOf: (n: number) => string;
  payloadOf: (n: number) => string;
}): Promise<Posted> {
  const { messages, perRequest } = options;
  let sent = 0;
  let wrong = 0;
  const exchanges = await connectionsTo(options.port, options.inFlight);
  await Promise.all(
    exchanges.slice(0, options.inFlight).map(async (exchange) => {
      while (sent < messages) {
        const from = sent;
        sent += perRequest;
        const answer = await exchange.ask(requestOf(options, from, Math.min(from + perRequest, messages)));
        if (!/^HTTP\/1\.1 20[02]/.test(answer)) wrong += 1;
      }
    }),
  );
  return { wrong };
}

async function connectionsTo(port: number, count: number): Promise<Exchange[]> {
  const exchanges = kept.get(port) ?? [];
  kept.set(port, exchanges);
  while (exchanges.length < count) exchanges.push(await openExchange(port));
  return exchanges;
}

function requestOf(
  of: { key: string; perRequest: number; topicOf: (n: number) => string; payloadOf: (n: number) => string },
  from: number,
  to: number,
): Buffer {
  const messages = Array.from({ length: to - from }, (_, index) => ({
    to: { topicName: of.topicOf(from + index) },
    payload: of.payloadOf(from + index),
  }));
  const body = JSON.stringify(of.perRequest === 1 ? messages[0] : { messages });
  return Buffer.from(
    `POST /v1/messages${of.perRequest === 1 ? "" : "/batch"} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
      `Authorization: Bearer ${of.key}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
