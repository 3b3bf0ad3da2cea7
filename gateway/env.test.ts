import { expect, it } from "vitest";
import { PRACTICE_ISSUER } from "@/lib/access/token-issuer";
import { readEnv } from "@/lib/env/read-env";
import { gatewayEnv, issuersOf } from "./env";

const issuers = (given: Record<string, string>) =>
  issuersOf(readEnv(gatewayEnv, { DATABASE_URL: "-", BROKER_NODES: NODES, HOOK_SECRETS: "{}", ...given }));
const NODES = JSON.stringify([{ name: "n1", role: "subscriber", adminUrl: "http://127.0.0.1:1" }]);

it("the practice issuer's tokens are refused outside practice mode, however it is configured", () => {
  const one = { DEVICE_JWKS_FILE: "jwks.json", DEVICE_TOKEN_ISSUER: PRACTICE_ISSUER };
  const many = { DEVICE_ISSUERS: JSON.stringify([{ issuer: PRACTICE_ISSUER, jwksFile: "jwks.json" }]) };
  for (const given of [one, many]) {
    expect(() => issuers(given)).toThrow("practice mode");
    expect(issuers({ ...given, PRACTICE: "1" })).toHaveLength(1);
  }
});

it("several issuers that cannot be told apart are refused, as is none", () => {
  const of = (...names: (string | undefined)[]) =>
    issuers({ DEVICE_ISSUERS: JSON.stringify(names.map((issuer) => ({ issuer, jwksFile: "jwks.json" }))) });
  expect(of("https://a.example", "https://b.example")).toHaveLength(2);
  expect(() => of("https://a.example", "https://a.example")).toThrow("a name of their own");
  expect(() => of("https://a.example", undefined)).toThrow("a name of their own");
  expect(() => issuers({})).toThrow("jwksUrl");
});
