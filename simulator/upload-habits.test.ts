import { createServer } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freePort } from "@/test/free-port";
import { putBytesWith, type UploadHabit } from "./upload-habits";

interface Received {
  promised: number;
  bytes: number;
  isWhole: boolean;
}

let url: string;
let received: Received[];
let close: () => Promise<void>;

beforeEach(async () => {
  received = [];
  const server = createServer((request, response) => {
    const one = { promised: Number(request.headers["content-length"]), bytes: 0, isWhole: false };
    received.push(one);
    request.on("data", (chunk: Buffer) => (one.bytes += chunk.length));
    request.on("error", () => {});
    request.on("end", () => {
      one.isWhole = true;
      response.end();
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${port}/object`;
  close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
});
afterEach(() => close());

const put = (habit: UploadHabit, options: { bytes: number; random?: number; onQuarter?: (bytes: number) => void }) =>
  putBytesWith(
    habit,
    () => options.random ?? 0,
  )({
    url,
    headers: {},
    body: Buffer.alloc(options.bytes, 1),
    signal: new AbortController().signal,
    onQuarter: options.onQuarter ?? (() => {}),
  });

test("a broken upload promises the whole and breaks off in the middle; now and then one is not broken", async () => {
  await expect(put("broken", { bytes: 10_000, random: 0 })).rejects.toThrow(/abort/i);
  await vi.waitFor(() => expect(received).toEqual([{ promised: 10_000, bytes: 5_000, isWhole: false }]));
  expect(await put("broken", { bytes: 10_000, random: 0.9 })).toBe(200);
  expect(received[1]).toEqual({ promised: 10_000, bytes: 10_000, isWhole: true });
});

test("a slow upload takes its time over the same bytes, and tells the quarters on its way", async () => {
  const startedAtMs = performance.now();
  const quarters: number[] = [];
  expect(await put("slow", { bytes: 2_400, onQuarter: (bytes) => quarters.push(bytes) })).toBe(200);
  expect(performance.now() - startedAtMs).toBeGreaterThan(1_900);
  expect(received).toEqual([{ promised: 2_400, bytes: 2_400, isWhole: true }]);
  expect(quarters).toEqual([1_000, 2_000]);
});
