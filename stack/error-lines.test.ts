import { expect, test } from "vitest";
import { createErrorLines, errorIn } from "./error-lines";

test("a logger's error is told with its cause, whatever else is on the line", () => {
  expect(errorIn('{"level":"error","process":"worker","msg":"scrape failed","err":{"message":"timeout"}}')).toBe(
    "scrape failed: timeout",
  );
  expect(errorIn('{"level":"info","msg":"an error page was asked for"}')).toBeNull();
});

test("an uncaught error and Next's mark are told, ordinary lines are not", () => {
  expect(errorIn("TypeError: x is not a function")).toBe("TypeError: x is not a function");
  expect(errorIn(" ⨯ Failed to start server")).toBe("⨯ Failed to start server");
  expect(errorIn("ready in 300 ms")).toBeNull();
  expect(errorIn("{not json")).toBeNull();
});

test("a line that arrives in pieces is told once, whole", () => {
  const told: string[] = [];
  const feed = createErrorLines((message) => told.push(message));
  const bytes = Buffer.from('{"level":"fatal","msg":"tidak bisa — berhenti"}\n');
  for (const byte of bytes) feed(Buffer.from([byte]));
  expect(told).toEqual(["tidak bisa — berhenti"]);
});
