import { fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { freePort } from "@/test/free-port";
import { tokenIssuerSchema } from "./token-issuer";
import { createTokenVerifier } from "./verify-token";

/** Against an issuer that is a process of its own: oidc-provider, with the clock of ours moved. */

const clientSecret = randomUUID();
let port: number;
let provider: ChildProcess;
const at = (where: string): string => `http://127.0.0.1:${port}${where}`;

async function startProvider(): Promise<void> {
  provider = fork(
    path.resolve(import.meta.dirname, "../../test/issuer/token-provider.ts"),
    [String(port), clientSecret],
    {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  );
  await new Promise<void>((resolve, reject) => {
    provider.once("message", () => resolve());
    provider.once("exit", (code) => reject(new Error(`the issuer ended with ${code}`)));
  });
}
const stopProvider = (): Promise<void> =>
  new Promise((resolve) => {
    provider.once("exit", () => resolve());
    provider.kill("SIGKILL");
  });

beforeAll(async () => {
  port = await freePort();
  await startProvider();
}, 30_000);
afterAll(() => void provider.kill());

const give = async (person: string): Promise<string> => (await fetch(at(`/give?person=${person}`))).text();
const revoke = (token: string) =>
  fetch(at("/token/revocation"), {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`liveconnect:${clientSecret}`).toString("base64")}` },
    body: new URLSearchParams({ token }),
  });
function verifierOf(given: object = {}) {
  let offsetSeconds = 0;
  const issuer = tokenIssuerSchema.parse({
    issuer: at(""),
    introspection: { url: at("/token/introspection"), clientId: "liveconnect", clientSecret, ...given },
  });
  const tokens = createTokenVerifier({
    issuers: [{ issuer }],
    nowSeconds: () => Date.now() / 1_000 + offsetSeconds,
  });
  return { ...tokens, pass: (seconds: number) => (offsetSeconds += seconds) };
}

it("an opaque token is asked about once, then known for a while; one that is none is refused", async () => {
  const { verify, issuers } = verifierOf();
  const token = await give("p-1");
  const first = verify(token);
  expect(first).toBeInstanceOf(Promise);
  expect(await first).toMatchObject({ status: "verified", identity: { personId: "p-1" }, isCertain: true });
  await verify(token);
  expect(await verify("not-a-token-of-anybody")).toEqual({ status: "refused", reason: "not_active" });
  expect(issuers()[0]?.outcomes).toEqual({ known: 1, verified: 1, stale: 0, refused: 1 });
});

it("a token revoked at the issuer is refused within 60 s, and at once after it was asked about again behind", async () => {
  const { verify, pass } = verifierOf();
  const [soon, later] = [await give("p-1"), await give("p-2")];
  await Promise.all([verify(soon), verify(later)]);
  await Promise.all([revoke(soon), revoke(later)]);
  pass(31);
  expect(await verify(soon)).toMatchObject({ status: "verified" });
  await vi.waitFor(async () => expect(await verify(soon)).toEqual({ status: "refused", reason: "not_active" }));
  pass(30);
  expect(await verify(later)).toEqual({ status: "refused", reason: "not_active" });
});

it("while the issuer is away known tokens go on for a bounded time and say so, new ones are refused, nobody waits long", async () => {
  const { verify, pass, issuers } = verifierOf({ staleSeconds: 300 });
  const token = await give("p-1");
  await verify(token);
  await stopProvider();
  pass(61);
  expect(await verify(token)).toMatchObject({ status: "verified", isCertain: false });
  for (let n = 0; n < 10; n += 1)
    expect(await verify(`unknown-${n}`)).toEqual({ status: "refused", reason: "issuer_unavailable" });
  expect(issuers()[0]).toMatchObject({ awaySinceMs: expect.any(Number), outcomes: { stale: 1, refused: 10 } });
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => verify(`storm-${n}`)));
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  pass(240);
  expect(await verify(token)).toEqual({ status: "refused", reason: "issuer_unavailable" });
  await startProvider();
  const fresh = await give("p-3");
  await vi.waitFor(async () => expect(await verify(fresh)).toMatchObject({ status: "verified", isCertain: true }), {
    timeout: 10_000,
    interval: 200,
  });
  expect(issuers()[0]?.awaySinceMs).toBeNull();
}, 30_000);

it("an answer that is not of this issuer, or for another audience, is no proof", async () => {
  const token = await give("p-1");
  const introspection = { url: at("/token/introspection"), clientId: "liveconnect", clientSecret };
  for (const [given, reason] of [
    [{ issuer: "https://other.example", introspection }, "wrong_issuer"],
    [{ audience: "liveconnect", introspection }, "wrong_audience"],
    [{ introspection: { ...introspection, clientSecret: "a secret that is wrong" } }, "issuer_unavailable"],
  ] as const) {
    const { verify } = createTokenVerifier({
      issuers: [{ issuer: tokenIssuerSchema.parse(given) }],
      nowSeconds: () => Date.now() / 1_000,
    });
    expect(await verify(token)).toEqual({ status: "refused", reason });
  }
});
