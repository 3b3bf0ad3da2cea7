import type { LookupAddress } from "node:dns";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createIntrospector } from "@/lib/access/introspect-token";
import { createIssuerKeys } from "@/lib/access/issuer-keys";
import { sendNotice } from "@/lib/alerts/send-notice";
import { deliverSigned } from "./deliver-signed";
import { lookupOf, targetFault, type ResolveAll } from "./target";

/** Nothing of our own network is reached by a URL that somebody types (server-side request forgery). */

// Each way to write an address that is not the public internet's, and none but these.
const OWN = [
  ["loopback", "127.0.0.1"],
  ["loopback elsewhere", "127.8.9.10"],
  ["loopback in decimal", "2130706433"],
  ["loopback in hex", "0x7f000001"],
  ["loopback in octal", "0177.0.0.1"],
  ["loopback in fewer parts", "127.1"],
  ["this host", "0.0.0.0"],
  ["this host in one part", "0"],
  ["private, 10", "10.1.2.3"],
  ["private, 172.16", "172.31.255.255"],
  ["private, 192.168", "192.168.1.1"],
  ["shared by a carrier", "100.64.0.1"],
  ["link-local, a cloud's metadata", "169.254.169.254"],
  ["metadata in decimal", "2852039166"],
  ["benchmarks", "198.18.0.1"],
  ["multicast", "224.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["full-width digits", "１２７.0.0.1"],
  ["a name of loopback", "localhost"],
  ["with a dot behind", "localhost."],
  ["below a name of loopback", "a.localhost"],
  ["IPv6 loopback", "[::1]"],
  ["IPv6 this host", "[::]"],
  ["IPv4 in IPv6", "[::ffff:10.0.0.1]"],
  ["IPv4 in IPv6, in hex", "[::ffff:a9fe:a9fe]"],
  ["IPv4-compatible", "[::127.0.0.1]"],
  ["IPv4 translated", "[::ffff:0:127.0.0.1]"],
  ["NAT64", "[64:ff9b::10.0.0.1]"],
  ["6to4", "[2002:7f00:1::]"],
  ["Teredo", "[2001:0:7f00:1::]"],
  ["unique local", "[fd00::1]"],
  ["link-local, IPv6", "[fe80::1]"],
  ["site-local, of old", "[fec0::1]"],
  ["multicast, IPv6", "[ff02::1]"],
  ["documentation", "[2001:db8::1]"],
] as const;

const requests: string[] = [];
const inside = createServer((request, response) => {
  requests.push(request.url ?? "");
  const [, status] = /^\/redirects-(\d+)/.exec(request.url ?? "") ?? [];
  response.writeHead(Number(status ?? 200), { location: "/secret", "content-type": "application/json" }).end("{}");
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((done) => inside.listen(0, done));
  ({ port } = inside.address() as AddressInfo);
});
afterAll(() => void inside.close());
beforeEach(() => void requests.splice(0));

const event = { eventId: "e", body: "{}" };
const deliver = (url: string, allowed: readonly string[] = []) =>
  deliverSigned({ url, secrets: [], event }, { allowed, timeoutMs: 2_000 });

describe("a URL that is typed", () => {
  it.each(OWN)("is not called at %s (%s)", async (_what, host) => {
    for (const url of [`https://${host}:${port}/`, `http://${host}:${port}/`]) {
      const attempt = await deliver(url);
      expect(attempt, url).toMatchObject({ outcome: "failed" });
    }
    expect(requests).toEqual([]);
  });

  it.each(["https://8.8.8.8/", "https://[2606:4700::1111]/", "https://hooks.example.com/", "https://172.32.0.1/"])(
    "is taken where it is public: %s",
    (url) => expect(targetFault(url, [])).toBeNull(),
  );

  it.each([
    "file:///etc/passwd",
    "gopher://8.8.8.8/",
    "ftp://8.8.8.8/",
    "javascript:1",
    "https://a:b@8.8.8.8/",
    "//8.8.8.8/",
  ])("is refused for what it is: %s", (url) => expect(targetFault(url, [])).not.toBeNull());

  it.each([301, 302, 303, 307, 308])("is not followed elsewhere by %i", async (status) => {
    const attempt = await deliver(`http://127.0.0.1:${port}/redirects-${status}`, ["127.0.0.1"]);
    expect(attempt).toMatchObject({ outcome: "refused", status });
    expect(requests).toEqual([`/redirects-${status}`]);
  });

  it("is not called at home by an alert's channel, of whichever kind", async () => {
    const at = "2026-11-23T00:00:00.000Z";
    const content = { event: "test", at, title: "A test", text: "A test", url: null } as never;
    for (const kind of ["webhook", "slack"] as const) {
      const target = { kind, url: `https://127.0.0.1:${port}/` };
      expect(await sendNotice({ id: "n", content }, { target, signingSecret: null }, null)).toMatchObject({
        isSent: false,
      });
    }
    expect(requests).toEqual([]);
  });
});

describe("a name", () => {
  /** Resolves one name after the other answers in turn, for whoever asks. */
  const resolvesTo = (...answers: string[][]) => {
    const asked: string[] = [];
    const resolve: ResolveAll = (hostname, _options, done) => {
      const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
      asked.push(hostname);
      done(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    };
    return { asked, resolve };
  };
  const look = (resolve: ResolveAll) =>
    new Promise<unknown>((done) => {
      const lookup = lookupOf(new URL("https://hooks.example.com/"), [], resolve);
      lookup?.("hooks.example.com", { all: true }, (error, addresses) => done(error?.code ?? addresses));
    });

  it.each([
    ["127.0.0.1"],
    ["10.0.0.1"],
    ["169.254.169.254"],
    ["::1"],
    ["::ffff:10.0.0.1"],
    ["fd00::1"],
    ["64:ff9b::a00:1"],
  ])("that answers %s is not connected to", async (address) =>
    expect(await look(resolvesTo([address]).resolve)).toBe("ENOTPUBLIC"),
  );

  it("that answers both is connected to in public only", async () => {
    expect(await look(resolvesTo(["10.0.0.1", "8.8.8.8", "::1"]).resolve)).toEqual([{ address: "8.8.8.8", family: 4 }]);
  });

  it("is resolved once a connection, and what was judged is what is connected to: rebinding gains nothing", async () => {
    const turns = resolvesTo(["8.8.8.8"], ["127.0.0.1"]);
    expect(await look(turns.resolve)).toEqual([{ address: "8.8.8.8", family: 4 }]);
    expect(turns.asked).toHaveLength(1);
    expect(await look(turns.resolve)).toBe("ENOTPUBLIC");
  });

  it("of the machine's own, resolved by the machine's own resolver, is not connected to", async () => {
    expect(await deliver(`https://localhost.:${port}/`)).toMatchObject({ outcome: "failed" });
    expect(await deliver(`https://ip6-localhost:${port}/`)).toMatchObject({ outcome: "failed" });
    expect(requests).toEqual([]);
  });
});

describe("an issuer, whose URLs are the configuration's", () => {
  it("leads nowhere else: neither its keys nor its introspection are asked where they point to", async () => {
    const base = `http://127.0.0.1:${port}/redirects-302`;
    const keys = createIssuerKeys({ url: `${base}-keys` }, { nowMs: Date.now, onWithdrawn: () => undefined });
    await expect(keys.find({ alg: "ES256", kid: "k" }, { payload: "", signature: "" })).rejects.toThrow();
    const claims = { person: "sub", name: "n", phoneNumber: "p", platform: "o", appVersion: "a", deviceModel: "d" };
    const introspection = { url: base, clientId: "c", clientSecret: "a-secret-of-16-c", staleSeconds: 60 };
    const introspector = createIntrospector({ issuer: undefined, audience: undefined, claims }, introspection, {
      nowMs: Date.now,
    });
    expect(await introspector.verify("token", "hash")).toMatchObject({
      status: "refused",
      reason: "issuer_unavailable",
    });
    expect(requests).toEqual(["/redirects-302-keys", "/redirects-302"]);
  });
});
