import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { supervise, type Running, type Service, type SupervisionEvent } from "./supervise";

test("a service that keeps dying is started again after 1, 2, 4 … and at most 30 s", async () => {
  const { service, options, events, clock, die } = mortal();
  const supervised = supervise(service, options);
  await supervised.firstStart;
  for (let death = 0; death < 7; death += 1) {
    await die("exit code 1");
    const told = events.last("died");
    await clock.advance(told.retryMs);
  }
  expect(events.all("died").map((event) => event.retryMs / 1_000)).toEqual([1, 2, 4, 8, 16, 30, 30]);
  await supervised.stop();
});

test("a death after a minute of life begins the waits anew", async () => {
  const { service, options, events, clock, die } = mortal();
  const supervised = supervise(service, options);
  await supervised.firstStart;
  await die("first");
  await clock.advance(1_000);
  await clock.advance(61_000);
  await die("much later");
  expect(events.last("died").retryMs).toBe(1_000);
  await supervised.stop();
});

test("a first start that fails is told and tried again, and nobody waits for it", async () => {
  const { service, options, events, clock } = mortal({ failures: 1 });
  const supervised = supervise(service, options);
  expect(await supervised.firstStart).toBe(false);
  expect(events.last("failed")).toMatchObject({ reason: "no luck", retryMs: 1_000 });
  await clock.advance(1_000);
  expect(events.all("up")).toHaveLength(1);
  await supervised.stop();
});

test("what is stopped, running or waiting, is not started again", async () => {
  const running = mortal();
  const supervised = supervise(running.service, running.options);
  await supervised.firstStart;
  await supervised.stop();
  const waiting = mortal({ failures: 1 });
  const again = supervise(waiting.service, waiting.options);
  await again.firstStart;
  await again.stop();
  await Promise.all([running.clock.advance(60_000), waiting.clock.advance(60_000)]);
  expect(running.events.all("up")).toHaveLength(1);
  expect(waiting.events.all("up")).toHaveLength(0);
});

test("a restart that was asked for waits for nothing and is no death", async () => {
  const { service, options, events, clock } = mortal();
  const supervised = supervise(service, options);
  await supervised.firstStart;
  await supervised.restart();
  await clock.advance(0);
  expect(events.all("up").map((event) => event.again)).toEqual([false, true]);
  expect(events.all("died")).toHaveLength(0);
  await supervised.stop();
});

/** A service whose life and death the test decides. */
function mortal({ failures = 0 } = {}) {
  let end: (how: string) => void = () => undefined;
  let left = failures;
  const clock = handClock();
  const service: Service = {
    name: "mortal",
    url: "http://127.0.0.1:1",
    start: (): Promise<Running> => {
      if (left > 0) {
        left -= 1;
        return Promise.reject(new Error("no luck"));
      }
      const exited = new Promise<string>((resolve) => (end = resolve));
      return Promise.resolve({ exited, kill: () => end("killed"), stop: () => Promise.resolve(end("stopped")) });
    },
  };
  const die = async (how: string): Promise<void> => {
    end(how);
    await clock.advance(0);
  };
  const events = recorder();
  return { service, die, events, clock, options: { tell: events.push, clock } };
}

/** Stands still but for `advance`, which lets everything that was due happen. */
function handClock() {
  let at = 0;
  let waiting: { until: number; done: () => void }[] = [];
  return {
    now: () => at,
    wait: (ms: number, signal: AbortSignal) =>
      new Promise<void>((done) => {
        waiting.push({ until: at + ms, done });
        signal.addEventListener("abort", () => done(), { once: true });
      }),
    advance: async (ms: number): Promise<void> => {
      await setImmediate();
      at += ms;
      for (const { until, done } of waiting) if (until <= at) done();
      waiting = waiting.filter(({ until }) => until > at);
      await setImmediate();
    },
  };
}

function recorder() {
  const told: SupervisionEvent[] = [];
  type Of<T> = Extract<SupervisionEvent, { type: T }>;
  const all = <T extends SupervisionEvent["type"]>(type: T) => told.filter((e): e is Of<T> => e.type === type);
  return {
    push: (event: SupervisionEvent) => void told.push(event),
    all,
    last: <T extends SupervisionEvent["type"]>(type: T): Of<T> => {
      const event = all(type).at(-1);
      if (!event) throw new Error(`no ${type} was told`);
      return event;
    },
  };
}
