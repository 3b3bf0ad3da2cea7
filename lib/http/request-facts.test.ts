import { describe, expect, test } from "vitest";
import { addressOf, isOwnOrigin, requestIdOf } from "./request-facts";

const CONSOLE = "https://console.example";
const headers = (given: Record<string, string>) => new Headers(given);

describe("a request may change something only from a page of ours", () => {
  test.each([
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "same-site", origin: CONSOLE }, false],
    [{ "sec-fetch-site": "cross-site", origin: "https://evil.example" }, false],
    [{ "sec-fetch-site": "none" }, false],
    [{ origin: CONSOLE }, true],
    [{ origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }, true],
    [{ origin: "https://evil.example", host: "console.example" }, false],
    [{ origin: "null" }, false],
    [{}, false],
  ])("%o: %s", (given, expected) => {
    expect(isOwnOrigin(headers(given), CONSOLE)).toBe(expected);
  });
});

test("a sane request id is kept, anything else is replaced", () => {
  expect(requestIdOf(headers({ "x-request-id": "trace-0123456789" }))).toBe("trace-0123456789");
  for (const forged of ["short", "a b c d e f g h", "x".repeat(65), "<script>alert(1)</script>"])
    expect(requestIdOf(headers({ "x-request-id": forged }))).toMatch(/^[0-9a-f-]{36}$/);
});

test("the address is the first one that no caller could have written", () => {
  const forwarded = headers({ "x-forwarded-for": "6.6.6.6, 203.0.113.7, 10.0.0.2" });
  expect(addressOf(forwarded, 1)).toBe("10.0.0.2");
  expect(addressOf(forwarded, 2)).toBe("203.0.113.7");
  expect(addressOf(headers({}), 1)).toBeNull();
});
