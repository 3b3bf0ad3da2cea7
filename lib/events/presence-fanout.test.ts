import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPresenceFanout, type PresenceReader } from "./presence-fanout";

const NOW = Date.UTC(2026, 10, 22);
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const change = (clientId: string, state: "online" | "offline_queued" = "online") => ({
  clientId,
  state,
  at: 1,
  node: "sub-1",
});
const storm = (count: number) => Array.from({ length: count }, (_, n) => change(`storm-${n}`));

function open(watched: string[] | null) {
  const fanout = createPresenceFanout({ now: () => new Date() });
  const told: { clients: string[]; others: number }[] = [];
  let refetches = 0;
  const reader: PresenceReader = {
    watched: watched && new Set(watched),
    tell: ({ clients, others = 0 }) =>
      told.push({ clients: clients.map((one) => `${one.clientId} ${one.state}`), others }),
    refetch: () => (refetches += 1),
  };
  fanout.join(reader);
  return { fanout, reader, told, refetches: () => refetches };
}

describe("telling browsers of presence", () => {
  it("gives a page the last word of each client it shows, and of the others how many", () => {
    const { fanout, told } = open(["a"]);
    fanout.add([change("a"), change("b"), change("a", "offline_queued")]);
    vi.advanceTimersByTime(100);
    expect(told).toEqual([{ clients: ["a offline_queued"], others: 1 }]);
  });

  it("costs a page that shows none of them one event a second, whatever the storm", () => {
    const { fanout, told, refetches } = open([]);
    for (let tenth = 0; tenth < 50; tenth += 1) {
      fanout.add(storm(1_000));
      vi.advanceTimersByTime(100);
    }
    vi.advanceTimersByTime(2_000);
    expect(told.length).toBeGreaterThanOrEqual(5);
    expect(told.length).toBeLessThanOrEqual(7);
    expect(told.reduce((sum, { others }) => sum + others, 0)).toBe(50_000);
    expect(refetches()).toBe(0);
  });

  it("tells a watched change within a tenth of a second in the middle of a storm", () => {
    const { fanout, told } = open(["a"]);
    fanout.add(storm(2_000));
    vi.advanceTimersByTime(100);
    fanout.add([...storm(2_000), change("a")]);
    vi.advanceTimersByTime(100);
    expect(told.at(-1)?.clients).toEqual(["a online"]);
  });

  it("tells a page what became of its clients between its reading them and its saying so", () => {
    const { fanout, reader, told } = open([]);
    fanout.add([change("a"), change("b")]);
    vi.advanceTimersByTime(1_500);
    fanout.watch(reader, ["a"]);
    expect(told.at(-1)).toEqual({ clients: ["a online"], others: 0 });
  });

  it("tells a page that has not said what it shows of everyone, and asks it to read again in a flood, once in five seconds", () => {
    const { fanout, told, refetches } = open(null);
    fanout.add([change("a")]);
    vi.advanceTimersByTime(100);
    expect(told).toEqual([{ clients: ["a online"], others: 0 }]);
    for (let tenth = 0; tenth < 20; tenth += 1) {
      fanout.add(storm(600));
      vi.advanceTimersByTime(100);
    }
    expect(refetches()).toBe(1);
    vi.advanceTimersByTime(5_000);
    expect(refetches()).toBe(2);
    expect(told).toHaveLength(1);
  });

  it("tells nothing to who has left", () => {
    const { fanout, reader, told } = open(["a"]);
    fanout.leave(reader);
    fanout.add([change("a")]);
    vi.advanceTimersByTime(5_000);
    expect(told).toEqual([]);
  });
});
