import { NextRequest } from "next/server";
import { expect, test, vi } from "vitest";

vi.stubEnv("DATABASE_URL", "postgresql://nowhere.invalid/none");
vi.stubEnv("NEXTAUTH_URL", "https://console.example");
vi.stubEnv("NEXTAUTH_SECRET", "a secret of the test, long enough for anyone");
const { proxy } = await import("@/proxy");

const ask = (path: string, cookie = "") =>
  proxy(new NextRequest(`https://console.example${path}`, { headers: cookie ? { cookie } : {} }));

test("over https pages are asked for by https only, for two years", () => {
  const response = ask("/sign-in");
  expect(response.headers.get("strict-transport-security")).toBe("max-age=63072000; includeSubDomains");
  expect(response.headers.get("content-security-policy")).toContain("upgrade-insecure-requests");
});

test("over https our cookies are bound to the host, for https and for our own pages", () => {
  const cookie = ask("/sign-in").headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^__Host-liveconnect\.csrf=/);
  for (const part of [/;\s*Secure/i, /;\s*HttpOnly/i, /;\s*SameSite=lax/i, /;\s*Path=\//i])
    expect(cookie).toMatch(part);
  expect(cookie).not.toMatch(/Domain=/i);
});

test("a session cookie without the prefix, which another host of the domain could have set, opens no page", () => {
  expect(ask("/overview", "liveconnect.session=x").headers.get("location")).toContain("/sign-in");
  expect(ask("/overview", "__Host-liveconnect.session=x").headers.get("location")).toBeNull();
});
