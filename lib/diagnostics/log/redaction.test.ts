import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openConfinedDuckDb } from "./confined-duckdb";
import { keyAliases } from "./line-fields";
import { parseLog } from "./parse-log";
import { redactionRules } from "./redaction-rules";

const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-redaction-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const CONFIGURED = { rules: redactionRules({}), aliases: keyAliases({}) };

const writeLog = (file: string, lines: readonly string[]): Promise<void> =>
  writeFile(file, lines.map((one) => `${one}\n`).join(""));

/** A line, and the parts of it that nobody may see. */
interface Planted {
  line: string;
  secrets: string[];
}

const call = (over: Record<string, unknown>): Record<string, unknown> => ({
  t: "2026-11-19T21:02:16.240+07:00",
  method: "GET",
  url: "https://api.x/v1/me",
  status: 401,
  ...over,
});

const hex = (n: number): string => n.toString(16).padStart(8, "0");
const number = fc.integer({ min: 0, max: 0xffffffff });
const NAMES = [
  "access_token",
  "refreshToken",
  "password",
  "client_secret",
  "api_key",
  "otp",
  "pin",
  "nik",
  "sessionId",
  "email",
  "full_name",
  "dob",
];
const name = fc.constantFrom(...NAMES);
const before = fc.constantFrom(
  "",
  " ",
  "\n",
  "\t",
  "\r\n",
  "\u001b[31m",
  "é",
  '"',
  "(",
  "at ",
  "C:\\",
  "\\\n",
  "https://x/?a=1&",
);
const after = fc.constantFrom("", " ", "\n", '"', ")", "&page=2", " failed", "\\", "\t");

/** A secret that is known by its looks. */
const shaped = fc.oneof(
  number.map((n) => ({ text: `someone.${hex(n)}@example.co.id`, secrets: [hex(n)] })),
  number.map((n) => ({
    text: `+62 812-${1000 + (n % 9000)}-${1000 + (n % 8999)}`,
    secrets: [`-${1000 + (n % 8999)}`],
  })),
  number.map((n) => ({
    text: `0812${10_000_000 + (n % 89_999_999)}`,
    secrets: [String(10_000_000 + (n % 89_999_999))],
  })),
  number.map((n) => ({ text: `eyJhbGciOiJS.eyJ${hex(n)}.c2ln${hex(n)}`, secrets: [hex(n)] })),
  number.map((n) => ({ text: `Bearer opaque-${hex(n)}`, secrets: [hex(n)] })),
  fc.tuple(name, number).map(([key, n]) => ({ text: `${key}=v-${hex(n)}`, secrets: [hex(n)] })),
  number.map((n) => ({ text: `https://siti:w0rd-${hex(n)}@api.x/v1/me`, secrets: [hex(n)] })),
);

/** What a person may choose as a password: anything at all between two marks. */
const anyLetter = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  fc.constantFrom(..."\"\\/'&;# \n\t\r\u0001@=%"),
);
const anyValue = fc.tuple(number, fc.string({ unit: anyLetter, maxLength: 8 })).map(([n, odd]) => ({
  value: `a${hex(n)}${odd}z${hex(n)}`,
  secrets: [`a${hex(n)}`, `z${hex(n)}`],
}));

const line = (over: Record<string, unknown>): string => JSON.stringify(call(over));

const planted: fc.Arbitrary<Planted> = fc.oneof(
  fc
    .tuple(before, shaped, after, fc.constantFrom("error", "url", "note", "app", "body", "t", "method"))
    .map(([front, { text, secrets }, back, field]) => ({ line: line({ [field]: `${front}${text}${back}` }), secrets })),
  fc.tuple(name, anyValue).map(([key, { value, secrets }]) => ({ line: line({ headers: { [key]: value } }), secrets })),
  fc
    .tuple(name, anyValue)
    .map(([key, { value, secrets }]) => ({ line: line({ body: JSON.stringify({ a: 1, [key]: value }) }), secrets })),
  fc.tuple(name, number).map(([key, n]) => ({ line: line({ [key]: 1e9 + n }), secrets: [String(1e9 + n)] })),
  fc
    .tuple(name, number)
    .map(([key, n]) => ({ line: line({ body: JSON.stringify({ [key]: 1e9 + n }) }), secrets: [String(1e9 + n)] })),
  fc
    .tuple(fc.constantFrom("", " ", "at ", "("), shaped, fc.constantFrom("", " ", ")", " failed"))
    .map(([front, { text, secrets }, back]) => ({ line: `${front}${text}${back}`, secrets })),
);

/** The same JSON with some of its letters written as escapes; or cut short, and JSON no more. */
const disguised = fc
  .tuple(planted, fc.constantFrom("plain", "escaped", "cut"))
  .map(([{ line: plain, secrets }, how]) => {
    if (how === "plain" || !plain.startsWith("{")) return { line: plain, secrets };
    const escaped = plain.replaceAll("@", "\\u0040").replaceAll("=", "\\u003d").replaceAll("+", "\\u002B");
    return { line: how === "cut" ? escaped.slice(0, -1) : escaped, secrets };
  });

test("a planted secret survives in no column, wherever and however it is written", async () => {
  const from = path.join(folder, "lines");
  const to = path.join(folder, "log.parquet");
  const property = fc.asyncProperty(fc.array(disguised, { minLength: 150, maxLength: 150 }), async (lines) => {
    await writeLog(
      from,
      lines.map((one) => one.line),
    );
    await parseLog({ folder, from, to, ...CONFIGURED });
    const duckdb = await openConfinedDuckDb({ folder, timeoutMs: 10_000 });
    const rows = await duckdb.query("select * from read_parquet($file) where kind <> 'gap'", { file: to });
    duckdb.close();
    expect(rows).toHaveLength(lines.length);
    const told = rows.map((row) => Object.values(row).map(String).join("\n"));
    const left = lines.filter(({ secrets }, at) => secrets.some((secret) => told[at]?.includes(secret)));
    expect(left).toEqual([]);
  });
  await fc.assert(property, { numRuns: 12, endOnFailure: true });
});

test("a call stays a call when numbers in it are redacted", async () => {
  const from = path.join(folder, "numbers");
  const to = path.join(folder, "numbers.parquet");
  await writeLog(from, [line({ otp: 123_456, phone: 6281234567890, customer: 6281234567890, bytes: 7 })]);
  expect(await parseLog({ folder, from, to, ...CONFIGURED })).toMatchObject({ lines: 1, calls: 1 });
});

test("what was taken out is counted by kind, and a team's own rules count, too", async () => {
  const from = path.join(folder, "kinds");
  const to = path.join(folder, "kinds.parquet");
  const rules = redactionRules({
    LOG_REDACTION: JSON.stringify({ names: { medical: ["rx_?code"] }, values: { identity: ["\\b[0-9]{16}\\b"] } }),
  });
  const lines = [
    line({ url: "https://api.x/v1/me?access_token=abc&email=siti%40example.com" }),
    line({ headers: { Authorization: "Bearer abc", Cookie: "sid=1", "x-api-key": "k" } }),
    line({ error: "call +62 812 3456 7890 or siti@example.com, eyJhbGciOiJI.eyJ1.c2" }),
    line({
      patient: {
        full_name: "Siti",
        dob: "1990-01-01",
        icd10: "J45",
        rxCode: "A1",
        password: "p",
        nik: 3171234567890001,
      },
    }),
    line({ url: "https://siti:pass@api.x/v1/me", error: "card 3171234567890001 refused" }),
  ];
  await writeLog(from, lines);
  const parsed = await parseLog({ folder, from, to, rules, aliases: keyAliases({}) });
  expect(parsed).toMatchObject({ lines: 5, calls: 5 });
  expect(parsed.redacted).toEqual({
    token: 3,
    password: 2,
    header: 1,
    cookie: 1,
    email: 2,
    phone: 1,
    name: 1,
    birthDate: 1,
    medical: 2,
    identity: 2,
  });
});
