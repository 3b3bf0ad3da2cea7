import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { routeRules, verbRules } from "@/scripts/permission-rules";
import { tableText } from "@/scripts/permission-table";

test("docs/permissions.md is the table as the source has it; `npm run generate:permissions` makes it", async () => {
  expect(await readFile(path.resolve(import.meta.dirname, "../docs/permissions.md"), "utf8")).toBe(await tableText());
});

// What answers without a session, and why: signing in itself, what a link opens, probes, and figures behind a token of their own.
const OPEN = [
  "GET /api/auth/[...nextauth]",
  "POST /api/auth/[...nextauth]",
  "POST /api/account/invite",
  "GET /api/healthz",
  "GET /api/metrics",
  "GET /api/readyz",
];
// What any session may have: events are picked by permission one by one, and a page says what it shows.
const SIGNED_IN = ["GET /api/events", "POST /api/events/watch"];

test("no route is without a rule: whatever asks for no permission is named here", () => {
  const without = routeRules().filter(([, rule]) => typeof rule === "string");
  expect(without.map(([route]) => route).toSorted()).toEqual([...OPEN, ...SIGNED_IN].toSorted());
});

test("the source is read as it is meant: some rules that are known", () => {
  const routes = new Map(routeRules());
  expect(routes.get("POST /api/publish")).toEqual(["publish.send"]);
  expect(routes.get("GET /api/publish/[messageId]/payload")).toEqual(["publish.send"]);
  expect(routes.get("POST /api/diagnostics/[logRequestId]/log")).toEqual(["diagnostics.readLog"]);
  expect(routes.get("POST /api/presence/[clientId]/disconnect")).toEqual(["access.disconnect"]);
  expect(new Map(verbRules()).get("presence.verifyClient")).toBe("presence.verify");
});
