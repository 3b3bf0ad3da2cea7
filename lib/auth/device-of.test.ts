import { expect, test } from "vitest";
import { deviceOf } from "./device-of";

test.each([
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Chrome 141, Windows",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Safari 18, iPhone",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox 132, Linux"],
  ["", ""],
  [null, ""],
])("a device is named in a few words: %s", (userAgent, expected) => {
  expect(deviceOf(userAgent)).toBe(expected);
});

test("whatever a caller claims to be stays short", () => {
  expect(deviceOf(`Evil/${"9".repeat(5_000)} (${"x".repeat(5_000)})`).length).toBeLessThanOrEqual(80);
});
