import { expect, test } from "vitest";
import { isDatabaseDown } from "./is-database-down";

test.each([
  "timeout exceeded when trying to connect",
  "Connection terminated due to connection timeout",
  "Connection terminated unexpectedly",
  "Query read timeout",
])("a database that does not answer is known by pg's words: %s", (message) => {
  expect(isDatabaseDown(new Error("a query failed", { cause: new Error(message) }))).toBe(true);
});

test("any other failure is not the database's absence", () => {
  expect(isDatabaseDown(new Error("duplicate key value violates unique constraint"))).toBe(false);
});
