import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { openConfinedDuckDb } from "./confined-duckdb";
import { keyAliases } from "./line-fields";
import { parseLog } from "./parse-log";
import { writeLines } from "./prepare-upload";
import { redactionRules } from "./redaction-rules";

const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-formats-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As an upload would be read. */
async function read(content: Buffer | string, over: Partial<Parameters<typeof parseLog>[0]> = {}) {
  const from = path.join(folder, "upload");
  const to = path.join(folder, "log.parquet");
  await writeFile(from, content);
  const lines = await writeLines({ from, to: path.join(folder, "lines"), maxBytes: 100_000_000 });
  const parsed = await parseLog({
    folder,
    from: lines.file,
    to,
    rules: redactionRules({}),
    aliases: keyAliases({}),
    isBroken: lines.isBroken,
    ...over,
  });
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: 5_000 });
  const rows = await duckdb.query("select * from read_parquet($file)", { file: to });
  duckdb.close();
  return { ...lines, parsed, rows };
}

const kinds = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => row.kind);
const json = (over: Record<string, unknown>): string =>
  JSON.stringify({ t: "2026-11-19T21:00:00.000Z", method: "GET", url: "https://api.x/v1/me", status: 200, ...over });

test("the text form is read, also without duration, size or answer; what only looks like it stays text", async () => {
  const { rows } = await read(
    [
      "2020-11-06T10:15:02.113+07:00 GET https://api.example/v1/orders/ABC-123 200 143ms 1532B",
      "2020-11-06T10:15:03+07:00 post /v1/orders - 30000ms connection reset",
      "2020-11-06 03:15:04Z PUT https://api.example/v1/me?token=abc 503",
      "2020-11-06 the server was restarted",
      "  at com.example.Net.call(Net.java:12)",
    ].join("\n"),
  );
  expect(kinds(rows)).toEqual(["call", "call", "call", "text", "text"]);
  expect(rows[0]).toMatchObject({
    t: new Date("2020-11-06T03:15:02.113Z"),
    endpoint: "GET /v1/orders/{id}",
    status: 200,
    ms: 143,
    bytes: 1532n,
  });
  expect(rows[1]).toMatchObject({ method: "POST", status: null, ms: 30_000, error: "connection reset" });
  expect(rows[2]).toMatchObject({ url: "https://api.example/v1/me?token=[redacted]", status: 503, ms: null });
  expect(rows[4]?.raw).toBe("  at com.example.Net.call(Net.java:12)");
});

test("keys have the names a team gives them, and instants are numbers where it writes numbers", async () => {
  const own = keyAliases({ LOG_KEY_ALIASES: JSON.stringify({ url: ["target"], ms: ["dauer"] }) });
  const { rows } = await read(
    [
      JSON.stringify({ timestamp: 1_604_632_502, verb: "get", uri: "/v1/me", statusCode: "200", durationMs: 12.6 }),
      JSON.stringify({ ts: 1_604_632_502_113, method: "GET", target: "/v1/orders/77", status_code: 404, dauer: 9 }),
    ].join("\n"),
    { aliases: own },
  );
  expect(rows[0]).toMatchObject({
    t: new Date("2020-11-06T03:15:02Z"),
    method: "GET",
    url: "/v1/me",
    status: 200,
    ms: 13,
    kind: "call",
  });
  expect(rows[1]).toMatchObject({
    t: new Date("2020-11-06T03:15:02.113Z"),
    endpoint: "GET /v1/orders/{id}",
    status: 404,
    ms: 9,
  });
});

test("a line is kept beside its columns exactly where they do not say all of it", async () => {
  const { rows } = await read(
    [json({}), json({ trace: "x1" }), json({ status: null }), json({ ms: "12" }), ` ${json({})}`].join("\n"),
  );
  expect(rows.map((row) => row.raw === null)).toEqual([true, false, true, false, false]);
  expect(kinds(rows)).toEqual(["call", "call", "call", "call", "call"]);
});

const entry = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  startedDateTime: "2026-11-19T21:00:00.000+07:00",
  time: 143.2,
  request: {
    method: "GET",
    url: "https://api.x/v1/orders/ABC-1",
    headers: [{ name: "Authorization", value: "Bearer s3cr3t" }],
  },
  response: {
    status: 200,
    statusText: "OK",
    bodySize: 1532,
    content: { size: 1532, mimeType: "application/json", text: "{}" },
  },
  ...over,
});
const har = (entries: unknown[]): string =>
  JSON.stringify({ log: { version: "1.2", creator: { name: "x" }, pages: [{ id: "p" }], entries } });

test.each([
  ["as it is", (text: string) => Buffer.from(text)],
  ["gzipped", (text: string) => gzipSync(text)],
  ["with a byte order mark", (text: string) => Buffer.from(`\uFEFF${text}`)],
])("a HAR, %s, becomes calls in their order, without its secrets", async (_, packed) => {
  const { rows, format, isBroken } = await read(packed(har([entry(), entry({ time: 5 })])));
  expect({ format, isBroken }).toEqual({ format: "har", isBroken: false });
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    t: new Date("2026-11-19T14:00:00Z"),
    endpoint: "GET /v1/orders/{id}",
    status: 200,
    ms: 143,
    bytes: 1532n,
    kind: "call",
  });
  expect(
    JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
  ).not.toContain("s3cr3t");
});

test("wild HARs parse, or their entries stay as text in place", async () => {
  const { rows, isBroken } = await read(
    har([
      entry({
        response: { status: 0, statusText: "", _error: "net::ERR_CONNECTION_RESET", bodySize: -1, content: {} },
      }),
      entry({ time: -1, timings: { blocked: -1, dns: 2, wait: 40, receive: 1 } }),
      { request: { method: "GET" } },
      null,
      "an entry?",
      entry({ response: { status: 200, content: { text: "A".repeat(2_000_000) } } }),
      entry({
        request: {
          method: "POST",
          url: "https://api.x/v1/login",
          postData: { params: [{ name: "password", value: "hunter2" }] },
        },
      }),
      entry({ deep: Array.from({ length: 60 }).reduce<unknown>((inner) => [inner], "x") }),
      entry({ request: { method: "GET", url: { not: "a text" }, headers: "none" } }),
    ]),
  );
  expect(isBroken).toBe(false);
  expect(kinds(rows)).toEqual(["call", "call", "text", "text", "text", "call", "call", "call", "call"]);
  expect(rows[0]).toMatchObject({ status: null, error: "net::ERR_CONNECTION_RESET", bytes: null });
  expect(rows[1]).toMatchObject({ ms: 43 });
  expect(String(rows[5]?.raw).length).toBeLessThan(10_000);
  expect(String(rows[6]?.raw)).not.toContain("hunter2");
});

test("a HAR that is cut gives what came before the cut, which is marked; one without an entry is no log", async () => {
  const whole = har([entry(), entry(), entry()]);
  const { rows, isBroken } = await read(whole.slice(0, -300));
  expect(isBroken).toBe(true);
  expect(kinds(rows)).toEqual(["call", "call", "gap"]);
  expect(rows[2]).toMatchObject({ n: 2.5, error: "truncated" });
  await expect(read('{"log":{"version":"1.2","entr')).rejects.toMatchObject({ failure: "notALog" });
});

test("a log in UTF-16 is read, in either order of its bytes", async () => {
  const little = Buffer.from(`\uFEFF${json({})}\n${json({ status: 500 })}\n`, "utf16le");
  for (const bytes of [little, Buffer.from(little).swap16()]) {
    const { rows } = await read(bytes);
    expect(rows.map((row) => row.status)).toEqual([200, 500]);
  }
});

test("stretches without lines become gaps: offline, killed, silent; the end of a cut file, truncated", async () => {
  const at = (minute: number): string => new Date(Date.parse("2026-11-19T21:00:00Z") + minute * 60_000).toISOString();
  const minuteMs = (minute: number): number => Date.parse(at(minute));
  const lines = [
    json({ t: at(0) }),
    json({ t: at(1) }),
    json({ t: at(21) }),
    json({ t: at(41) }),
    "-- app restarted --",
    json({ t: at(61) }),
    '{"t":"2026-',
  ];
  const { rows, parsed } = await read(lines.join("\n"), {
    offline: () => Promise.resolve([{ fromMs: minuteMs(2), toMs: minuteMs(20) }]),
  });
  expect(rows.map((row) => [row.n, row.kind, row.error])).toEqual([
    [1, "call", null],
    [2, "call", null],
    [2.5, "gap", "offline"],
    [3, "call", null],
    [3.5, "gap", "silent"],
    [4, "call", null],
    [4.5, "gap", "killed"],
    [5, "text", null],
    [6, "call", null],
    [7, "text", null],
    [7.5, "gap", "truncated"],
  ]);
  expect(rows[2]).toMatchObject({ t: new Date(at(1)), ms: 20 * 60_000 });
  expect(parsed).toMatchObject({ gaps: 4, calls: 5 });
});

test("a clock that is ahead is set right, and what the phone wrote is kept beside it", async () => {
  const { rows } = await read(json({}), { clockAheadMs: 90_000 });
  expect(rows[0]).toMatchObject({
    t: new Date("2026-11-19T20:58:30.000Z"),
    t_device: new Date("2026-11-19T21:00:00.000Z"),
  });
});
