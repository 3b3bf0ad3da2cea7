import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openConfinedDuckDb } from "./confined-duckdb";
import { keyAliases } from "./line-fields";
import { parseLog } from "./parse-log";
import { endOfPlainCall } from "./plain-call";
import { readPlainCalls } from "./read-plain-calls";
import { redactionRules, type RedactionRules } from "./redaction-rules";

const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-plain-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const isPlain = (line: string): boolean => endOfPlainCall()(`${line}\n`, 0) === line.length + 1;

const CALL = {
  t: "2026-11-19T21:02:16.240+07:00",
  method: "GET",
  url: "https://api.x/v1/me?token=abc",
  status: 200,
  ms: 12.5,
  bytes: 300,
  attempt: 1,
  error: "no user siti@example.co.id",
  app: "12.4.1",
};

test("a call of the reference form is plain, also with the fields left out that it may be without", () => {
  expect(isPlain(JSON.stringify(CALL))).toBe(true);
  expect(isPlain(JSON.stringify({ t: CALL.t, method: "POST", url: "/v1/mé" }))).toBe(true);
  expect(isPlain(JSON.stringify({ ...CALL, status: null, error: undefined }))).toBe(true);
});

test.each([
  ["another key", JSON.stringify({ ...CALL, note: "x" })],
  ["a repeated key", JSON.stringify(CALL).replace('"status"', '"url":"/other","status"')],
  ["an escape", JSON.stringify({ ...CALL, error: 'said "no"' })],
  ["an escape for a letter", JSON.stringify(CALL).replace("@", "\\u0040")],
  ["a space", JSON.stringify(CALL).replace(",", ", ")],
  ["a text where a number should be", JSON.stringify({ ...CALL, ms: "12" })],
  ["a number where a text should be", JSON.stringify({ ...CALL, error: 4 })],
  ["what may be a telephone number", JSON.stringify({ ...CALL, bytes: 6281234567890 })],
  ["a day that no year has", JSON.stringify({ ...CALL, t: "2026-02-30T21:02:16Z" })],
  ["no URL", JSON.stringify({ ...CALL, url: "" })],
  ["a method nobody knows", JSON.stringify({ ...CALL, method: "BREW" })],
  ["an app's version that is none", JSON.stringify({ ...CALL, app: "token=abc" })],
])("a line with %s is not plain", (_what, line) => {
  expect(isPlain(line)).toBe(false);
});

/** Parts of URLs and of secrets: what they come to in any order. */
const PARTS = [
  [..."/?#&=:@%+.-_~ ,;'(![{|aeyj0268zKſé"],
  [
    "https://",
    "http://api.x",
    "https://api.x:8443/",
    "//cdn.x",
    "siti:w0rd@",
    "/v1/",
    "/v1/orders/",
    "ABC-123",
    "u12",
    "u1234",
  ],
  [
    "qxafp4f2",
    "v1beta1",
    "deadbeef",
    "deadbeef-1.json",
    "{id}",
    "[redacted]",
    "[31m",
    "/b0e7c6d2-1f6f-4be9-9d9e-0a1b2c3d4e5f",
  ],
  [
    "eyJhbGci",
    "eyJhbGciOiJS.eyJ1",
    "0812345678",
    "62812-3456-7890",
    "+628123",
    "628",
    "08",
    "%2B62",
    "%40",
    "%3D",
    "%20",
    "x@y.co",
  ],
  [
    "cookie:",
    "set-cookie",
    "authorization",
    "Bearer",
    "basic",
    "token",
    "?token=abc",
    "&code=7",
    "x-amz-id=",
    "K",
    "://",
  ],
].flat();
const madeUp = fc
  .tuple(
    fc.constantFrom(
      "",
      "/",
      "https://api.x/",
      "https://api.x/v1/",
      "/v1/orders/",
      "https://cookie:8443/",
      "cookie://x/",
    ),
    fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 6 }),
  )
  .map(([front, parts]) => front + parts.join(""));

const calls = fc.record(
  {
    t: fc
      .date({ min: new Date("1990-01-01"), max: new Date("2090-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString())
      // Not every year has this day: a call of it is read as any other line.
      .filter((t) => !t.includes("-02-29")),
    method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
    url: fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), madeUp),
    status: fc.option(fc.integer({ min: 100, max: 599 })),
    ms: fc.integer({ min: 0, max: 600_000 }),
    bytes: fc.nat(999_999_999),
    attempt: fc.integer({ min: 1, max: 9 }),
    error: fc.constantFrom("timeout", "sms to +62 812-3456-7890", "kesalahan é ✓"),
    app: fc.constantFrom("1.2.3", "12.4 (99)", "cookie:1", "0812345678"),
  },
  { requiredKeys: ["t", "method", "url"] },
);

async function rowsOf(lines: readonly string[], rules: RedactionRules) {
  const [from, to] = [path.join(folder, "lines"), path.join(folder, "log.parquet")];
  await writeFile(from, lines.join("\n"));
  await parseLog({ folder, from, to, rules, aliases: keyAliases({}) });
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: 10_000 });
  const rows = await duckdb.query("select * exclude raw from read_parquet($file) where kind <> 'gap'", { file: to });
  duckdb.close();
  return rows;
}

const OWN_NAMES = { names: { medical: ["rx_?code", "[a-z]*/api"] }, values: {} };
const OWN_VALUES = { names: {}, values: { identity: ["\\bABC-[0-9]+", "[\\p{Greek}é]+"] } };

test.each([
  ["", "{}"],
  [", with names of a team's own", JSON.stringify(OWN_NAMES)],
  [", with values of a team's own", JSON.stringify(OWN_VALUES)],
])("plain calls come to the same columns whether they are read as such or as any line%s", async (_which, own) => {
  const rules = redactionRules({ LOG_REDACTION: own });
  const property = fc.asyncProperty(fc.array(calls, { minLength: 250, maxLength: 250 }), async (many) => {
    const lines = many.map((call) => JSON.stringify(call));
    expect(lines.filter((line) => !isPlain(line))).toEqual([]);
    const others = lines.map((line) => line.replace("{", "{ "));
    expect(others.filter(isPlain)).toEqual([]);
    expect(await rowsOf(lines, rules)).toEqual(await rowsOf(others, rules));
  });
  await fc.assert(property, { numRuns: 3, endOnFailure: true });
});

test("a file is plain when all its lines are, however many blocks it has, and whether or not its last line ends", async () => {
  const from = path.join(folder, "many");
  const line = `${JSON.stringify(CALL)}\n`;
  const many = Buffer.from(line.repeat(8_000));
  const isPlainFile = async (...parts: Buffer[]): Promise<boolean> => {
    await writeFile(from, Buffer.concat(parts));
    return (await readPlainCalls({ from, left: path.join(folder, "left"), learns: true })).isPlain;
  };
  expect(await isPlainFile(many)).toBe(true);
  expect(await isPlainFile(many, Buffer.from(line.slice(0, -1)))).toBe(true);
  expect(await isPlainFile(many, Buffer.from("the app was killed\n"))).toBe(false);
  expect(await isPlainFile(many, Buffer.from(line.replace("me", "m\u00e9"), "latin1"))).toBe(false);
  expect(await isPlainFile(Buffer.alloc(3_000_000, "x"), many)).toBe(false);
  expect(await isPlainFile()).toBe(true);
});
