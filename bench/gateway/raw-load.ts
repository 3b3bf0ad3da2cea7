import { connect, type Socket } from "node:net";

/** What was answered, and how long each took, in the order they ended. */
export interface LoadResult {
  seconds: number;
  answers: number;
  /** Answers that are no 200 with `"result":"ok"`. */
  wrong: number;
  latenciesMs: Float64Array;
}

/**
 * Sends `count` requests over kept connections, each connection one at a time, as the broker's pool does. Plain sockets, so that the
 * load costs less than what it measures; and never asleep, as waking it would cost the server processor time, the more the slower
 * it is. `requestOf` gives the bytes of request n.
 */
export async function sendAll(options: {
  port: number;
  connections: number;
  count: number;
  requestOf: (n: number) => Buffer;
}): Promise<LoadResult> {
  const latenciesMs = new Float64Array(options.count);
  let sent = 0;
  let answers = 0;
  let wrong = 0;
  const startedAt = performance.now();
  const stayAwake = (): void => {
    if (answers < options.count) setImmediate(stayAwake);
  };
  const work = async (): Promise<void> => {
    const exchange = await openExchange(options.port);
    while (sent < options.count) {
      const n = sent;
      sent += 1;
      const beganAt = performance.now();
      const answer = await exchange.ask(options.requestOf(n));
      latenciesMs[answers] = performance.now() - beganAt;
      answers += 1;
      if (!answer.startsWith("HTTP/1.1 200") || !answer.includes('"result":"ok"')) wrong += 1;
    }
    exchange.close();
  };
  stayAwake();
  await Promise.all(Array.from({ length: options.connections }, work));
  return {
    seconds: (performance.now() - startedAt) / 1_000,
    answers,
    wrong,
    latenciesMs: latenciesMs.subarray(0, answers),
  };
}

/** One kept connection. */
export interface Exchange {
  /** Sends a request and gives the answer's text; rejects when the connection ends before. */
  ask: (request: Buffer) => Promise<string>;
  close: () => void;
}

export async function openExchange(port: number): Promise<Exchange> {
  const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let given = "";
  let waiting: { resolve: (text: string) => void; reject: (error: Error) => void } | null = null;
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  const fail = (): void => waiting?.reject(new Error("the connection ended before its answer"));
  socket.on("close", fail).on("error", fail);
  socket.on("data", (chunk) => {
    given += chunk.toString("latin1");
    const bodyAt = given.indexOf("\r\n\r\n") + 4;
    if (bodyAt < 4) return;
    const length = Number(/content-length: (\d+)/i.exec(given)?.[1]);
    if (given.length < bodyAt + length) return;
    const text = given;
    given = "";
    waiting?.resolve(text);
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => void socket.destroy(),
  };
}

/** A webhook as VerneMQ sends it. */
export function hookRequest(hook: { path: string; name: string; body: object }): Buffer {
  const body = JSON.stringify(hook.body);
  return Buffer.from(
    `POST ${hook.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: hackney/1.20.1\r\nContent-Type: application/json\r\n` +
      `vernemq-hook: ${hook.name}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

export function quantile(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
