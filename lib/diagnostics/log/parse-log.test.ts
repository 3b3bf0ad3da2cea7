import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openConfinedDuckDb } from "./confined-duckdb";
import { keyAliases } from "./line-fields";
import { MAX_LINE_BYTES } from "./log-lines";
import { parseLog } from "./parse-log";
import { redactionRules } from "./redaction-rules";

const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-parse-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const call = (over: Record<string, unknown> = {}): string =>
  JSON.stringify({
    t: "2026-11-19T21:02:16.240+07:00",
    method: "GET",
    url: "https://api.x/v1/me",
    status: 200,
    ...over,
  });

async function parse(content: Buffer | string, over: Partial<Parameters<typeof parseLog>[0]> = {}) {
  const from = path.join(folder, "lines");
  const to = path.join(folder, "log.parquet");
  await writeFile(from, content);
  const parsed = await parseLog({ folder, from, to, rules: redactionRules({}), aliases: keyAliases({}), ...over });
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: 5_000 });
  const rows = await duckdb.query("select * from read_parquet($file)", { file: to });
  duckdb.close();
  return { parsed, rows };
}

test("a call's fields become columns, its time UTC, its path a template", async () => {
  const { rows, parsed } = await parse(
    call({
      method: "post",
      url: "https://api.x:8443/v1/orders/ABC-123/items/42?page=1",
      status: 503,
      ms: 12.4,
      bytes: 9,
    }),
  );
  expect(rows[0]).toMatchObject({
    n: 1,
    t: new Date("2026-11-19T14:02:16.240Z"),
    method: "POST",
    endpoint: "POST /v1/orders/{id}/items/{id}",
    host: "api.x:8443",
    status: 503,
    ms: 12,
    bytes: 9n,
    attempt: 1,
    kind: "call",
  });
  expect(parsed).toMatchObject({ lines: 1, calls: 1, failedCalls: 1 });
});

test.each([
  ["/v1/orders/b0e7c6d2-1f6f-4be9-9d9e-0a1b2c3d4e5f", "/v1/orders/{id}"],
  ["/v2/doctors?near=me", "/v2/doctors"],
  ["/oauth2/token", "/oauth2/token"],
  ["/v1/chat/C-88/messages", "/v1/chat/{id}/messages"],
  ["/v1/users/someone@example.com", "/v1/users/{id}"],
])("the endpoint of %s is %s", async (url, endpoint) => {
  const { rows } = await parse(call({ url: `https://api.x${url}` }));
  expect(rows[0]?.endpoint).toBe(`GET ${endpoint}`);
});

test("a line that is no call keeps its place as text, whatever it holds", async () => {
  const lines = [
    call(),
    "plain words, with \"quotes\" and 'others'",
    '{"broken": ',
    "[1,2,3]",
    '{"t":"yesterday","method":"GET","url":"x"}',
    '{"t":{"a":1},"method":["GET"],"url":{}}',
    "<script>alert(1)</script> \u001b[31mred \u202egnp.exe",
    "\u0000\u001f,;\t|",
    call({ status: null, ms: -5, bytes: "many", attempt: 0 }),
  ];
  const { rows, parsed } = await parse(lines.join("\r\n"));
  expect(rows.map((row) => row.kind)).toEqual(["call", "text", "text", "text", "text", "text", "text", "text", "call"]);
  expect(rows.map((row) => row.n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(rows[6]?.raw).toBe("<script>alert(1)</script> \u001b[31mred \u202egnp.exe");
  expect(rows[8]).toMatchObject({ status: null, ms: null, bytes: null, attempt: 1 });
  expect(parsed).toMatchObject({ lines: 9, calls: 2, failedCalls: 1 });
});

test("bytes that are no text, and lines of ten megabytes, hurt nobody", async () => {
  const { rows } = await parse(
    Buffer.concat([
      Buffer.from([0xff, 0xfe, 0x41, 0x0a]),
      Buffer.alloc(10_000_000, "x"),
      Buffer.from(`\n${call()}\n`),
      Buffer.from(call({ error: "e".repeat(100_000) })),
    ]),
  );
  expect(rows.map((row) => row.kind)).toEqual(["text", "text", "call", "text", "gap"]);
  expect(rows[0]?.raw).toBe("\ufffd\ufffdA");
  expect(String(rows[1]?.raw).length).toBeLessThanOrEqual(MAX_LINE_BYTES);
  expect(String(rows[1]?.raw).endsWith("…")).toBe(true);
});

test("an empty log has no lines", async () => {
  const { parsed } = await parse("");
  expect(parsed).toEqual({
    lines: 0,
    calls: 0,
    failedCalls: 0,
    firstCallAt: null,
    lastCallAt: null,
    app: null,
    redacted: {},
    gaps: 0,
  });
});

const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwLTEifQ.c2lnbmF0dXJl";
const SECRETS: [line: string, secrets: string[]][] = [
  [call({ error: `401 for Authorization: Bearer ${JWT}` }), [JWT, "eyJ"]],
  [
    call({ headers: { authorization: "Bearer opaque-abc123", cookie: "sid=zzz9; theme=dark" } }),
    ["opaque-abc123", "zzz9"],
  ],
  [call({ url: "https://api.x/v1/me?access_token=s3cr3t-1&page=2&code=oauth-77" }), ["s3cr3t-1", "oauth-77"]],
  [call({ url: "https://siti:hunter2@api.x/v1/me" }), ["hunter2"]],
  [call({ url: "https://api.x/v1/users?email=siti%40example.co.id" }), ["siti%40example"]],
  [call({ error: "no user siti.contoh+1@example.co.id" }), ["siti.contoh", "@example"]],
  [call({ error: "sms to +62 812-3456-7890 failed" }), ["812-3456", "7890"]],
  [call({ url: "https://api.x/v1/otp/081234567890" }), ["081234567890"]],
  [call({ url: "https://api.x/v1/otp/%2B6281234567890" }), ["6281234567890"]],
  [call({ body: '{"refreshToken":"rt-abc","note":"x","password":"p w\\"q"}' }), ["rt-abc", "p w"]],
  [call({ otp: 123456, phone: 6281234567890 }), ["123456", "6281234567890"]],
  [call().replace("/v1/me", "/v1/users/siti\\u0040example.com"), ["siti@example.com", "siti\\u0040"]],
  ["Set-Cookie: session=abcdef; HttpOnly", ["abcdef"]],
  ["retry with token=tok-555 for budi@example.com", ["tok-555", "budi@"]],
];

test("no secret of the fixtures is left in any column", async () => {
  const { rows } = await parse(SECRETS.map(([line]) => line).join("\n"));
  expect(rows).toHaveLength(SECRETS.length);
  for (const [index, [, secrets]] of SECRETS.entries()) {
    const shown = Object.values(rows[index] ?? {})
      .map(String)
      .join("\n");
    for (const secret of secrets) expect.soft(shown, secret).not.toContain(secret);
    expect(shown).toContain("[redacted");
  }
});

test("what is no secret stays legible", async () => {
  const url = "https://api.x/v1/orders/ABC-123?page=2&near=me&token=gone&sort=price";
  const { rows } = await parse(
    call({ url, ms: 1188, error: "upstream_timeout after 30000 ms at 2026-11-19T21:02:16+07:00" }),
  );
  expect(rows[0]?.url).toBe("https://api.x/v1/orders/ABC-123?page=2&near=me&token=[redacted]&sort=price");
  expect(rows[0]?.error).toBe("upstream_timeout after 30000 ms at 2026-11-19T21:02:16+07:00");
});

test("the database of a log reaches no file but its own and no extension", async () => {
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: 5_000 });
  await expect(duckdb.query("select * from read_text('/etc/hostname')")).rejects.toThrow(/disabled/);
  await expect(duckdb.query("set threads = 8")).rejects.toThrow(/locked/);
  await expect(duckdb.query("install httpfs")).rejects.toThrow();
  duckdb.close();
});

test("a query that takes too long is stopped", async () => {
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: 50 });
  const slow = duckdb.query("select sum(a.range * b.range) from range(100000) a, range(100000) b");
  await expect(slow).rejects.toMatchObject({ code: "LIMIT" });
  duckdb.close();
});
