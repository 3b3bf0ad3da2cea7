import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openConfinedDuckDb } from "./confined-duckdb";
import { placesOf } from "./fold-endpoints";
import { keyAliases } from "./line-fields";
import { parseLog } from "./parse-log";
import { redactionRules } from "./redaction-rules";

const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-endpoints-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function endpointsOf(paths: readonly string[]): Promise<unknown[]> {
  const [from, to] = [path.join(folder, "lines"), path.join(folder, "log.parquet")];
  const lines = paths.map((url) => JSON.stringify({ t: "2026-11-19T14:00:00Z", method: "GET", url, status: 200 }));
  await writeFile(from, lines.map((line) => `${line}\n`).join(""));
  await parseLog({ folder, from, to, rules: redactionRules({}), aliases: keyAliases({}) });
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: 10_000 });
  const rows = await duckdb.query("select n, endpoint from read_parquet($file) where kind = 'call'", { file: to });
  duckdb.close();
  expect(rows.map((row) => row.n)).toEqual(paths.map((_, index) => index + 1));
  return rows.map((row) => row.endpoint);
}

const IDENTIFIERS = [
  ["/v1/orders/qxafp4f2/courier", "/v1/orders/{id}/courier"],
  ["https://cdn.x/img/u6p85qg8.webp", "/img/{id}"],
  ["/v1/orders/ABC-123/items/42", "/v1/orders/{id}/items/{id}"],
  ["/v1/users/b0e7c6d2-1f6f-4be9-9d9e-0a1b2c3d4e5f", "/v1/users/{id}"],
  ["/v1/users/01HZX4T9M3N8", "/v1/users/{id}"],
  ["/v1/chats/kx7Qm2Rt", "/v1/chats/{id}"],
  ["/v1/carts/user12345", "/v1/carts/{id}"],
] as const;

const WORDS = [
  "/v1/me",
  "/v2beta1/status",
  "/oauth2/token",
  "/oauth2callback",
  "/files/mp3",
  "/net/ipv6",
  "/s3/upload",
  "/covid19/map",
  "/wizard/step2",
  "/utf8/base64",
  "/v1beta1/k8s/i18n",
  "/b2b/p2p/e2e",
  "/api/v1/web3/http2",
  "/terms-and-conditions",
  "/doctors/nearby",
];

test("identifiers in paths are told from words", async () => {
  expect(await endpointsOf(IDENTIFIERS.map(([url]) => url))).toEqual(IDENTIFIERS.map(([, path]) => `GET ${path}`));
  expect(await endpointsOf(WORDS)).toEqual(WORDS.map((path) => `GET ${path}`));
});

// 60 different ones: bab, cab, dab, …
const words = Array.from({ length: 60 }, (_, n) => `${"bcdfghjklm"[n % 10]}a${"bcdfgh"[Math.floor(n / 10)]}`);

test("too many words at one place are identifiers, in every line and in their order", async () => {
  const paths = words.flatMap((word) => [`/v1/articles/${word}`, `/v1/articles/${word}/likes`, "/v1/me"]);
  expect(await endpointsOf(paths)).toEqual(
    words.flatMap(() => ["GET /v1/articles/{id}", "GET /v1/articles/{id}/likes", "GET /v1/me"]),
  );
});

test("the resources of an API stay words, however many", () => {
  expect(placesOf(words.map((word) => `GET /${word}`))).toEqual([]);
  expect(placesOf(words.map((word) => `GET /api/v1/${word}/{id}`))).toEqual([]);
  expect(placesOf(words.slice(0, 50).map((word) => `GET /v1/articles/${word}`))).toEqual([]);
});

test("a place below another one is found when both hold identifiers", () => {
  const endpoints = words.map((word, index) => `GET /v1/shops/${word}/items/${words[59 - index]}`);
  expect(placesOf(endpoints)).toEqual([
    { before: "GET /v1/shops/", which: "all" },
    { before: "GET /v1/shops/{id}/items/", which: "all" },
  ]);
});

test("beside identifiers, what holds a digit is one, and a word stays a word", async () => {
  const paths = ["qxafp4f2", "lnt24yfz", "search"].flatMap((word) => [
    `/v1/orders/${word}`,
    `/v1/orders/${word}/courier`,
  ]);
  expect(await endpointsOf([...paths, "/v1/steps/step2"])).toEqual([
    "GET /v1/orders/{id}",
    "GET /v1/orders/{id}/courier",
    "GET /v1/orders/{id}",
    "GET /v1/orders/{id}/courier",
    "GET /v1/orders/search",
    "GET /v1/orders/search/courier",
    "GET /v1/steps/step2",
  ]);
});

test("what stands beside a secret is an identifier, too", async () => {
  expect(await endpointsOf(["/v1/orders/siti@example.co.id", "/v1/orders/u12", "/v1/orders/search"])).toEqual([
    "GET /v1/orders/{id}",
    "GET /v1/orders/{id}",
    "GET /v1/orders/search",
  ]);
});

test("each of many lines has its own endpoint", async () => {
  const resources = ["orders", "users", "me", "doctors", "chats"];
  const of = (n: number): string => resources[n % resources.length] ?? "";
  const paths = Array.from({ length: 10_000 }, (_, n) => `https://api${n % 3}.x/v1/${of(n)}/${n}`);
  expect(await endpointsOf(paths)).toEqual(paths.map((_, n) => `GET /v1/${of(n)}/{id}`));
});

/** Different for each number, without a digit. */
const slugOf = (n: number): string =>
  [...n.toString(20)].map((digit) => "ghijklmnopqrstuvwxyz"[parseInt(digit, 20)]).join("");

test.each([20_500, 30_000])("%i different words at one place are identifiers", async (count) => {
  const paths = Array.from({ length: count }, (_, n) => `/v1/articles/${slugOf(n)}/likes`);
  expect(new Set(await endpointsOf(paths))).toEqual(new Set(["GET /v1/articles/{id}/likes"]));
});

test("identifiers that look like words late in a long log are found as well", async () => {
  const orders = Array.from({ length: 25_000 }, (_, n) => `/v1/orders/${n}`);
  const endpoints = await endpointsOf([...orders, ...words.map((word) => `/v1/articles/${word}`)]);
  expect(new Set(endpoints)).toEqual(new Set(["GET /v1/orders/{id}", "GET /v1/articles/{id}"]));
});
