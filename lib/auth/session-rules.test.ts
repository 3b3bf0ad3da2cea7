import { expect, test } from "vitest";
import { failureOfWord, wordOfWait } from "./schemas";
import { cookieNames, ownPath } from "./session-rules";

test.each([
  ["/presence/a.b?x=1", "/presence/a.b?x=1"],
  ["https://evil.example/x", "/"],
  ["//evil.example/x", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["overview", "/overview"],
  [null, "/"],
])("a way back stays on this site: %s leads to %s", (given, expected) => {
  expect(ownPath(given)).toBe(expected);
});

test("cookies are bound to the host wherever https allows it", () => {
  expect(Object.values(cookieNames(true)).every((name) => name.startsWith("__Host-"))).toBe(true);
  expect(cookieNames(false).session).toBe("liveconnect.session");
});

test("a wait survives its way through the sign-in page's address, and nonsense does not pretend to be one", () => {
  expect(failureOfWord(wordOfWait(42))).toEqual({ kind: "wait", seconds: 42 });
  expect(failureOfWord("wait-<script>")).toEqual({ kind: "unavailable" });
  expect(failureOfWord(undefined)).toBeNull();
});
