import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { AUDITED } from "@/app/(console)/audit/audit-filters";
import messages from "@/messages/en/audit.json";

const LIB = path.resolve(import.meta.dirname, "../lib");
const ACTION = /\baction: "(\w+)\.(\w+)"/g;

const sources = () =>
  readdirSync(LIB, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes(".test.") && !file.startsWith("db/generated"))
    .map((file) => readFileSync(path.join(LIB, file), "utf8"));

test("whatever a verb leaves in the audit is told in words, and its capability can be filtered by", () => {
  const actions = sources().flatMap((source) => [...source.matchAll(ACTION)]);
  expect(actions.length).toBeGreaterThan(30);
  const words: Record<string, Record<string, string>> = messages.actions;
  const untold = actions.filter(([, capability = "", verb = ""]) => words[capability]?.[verb] === undefined);
  expect(untold.map(([text]) => text)).toEqual([]);
  const filters: readonly string[] = AUDITED;
  expect(actions.filter(([, capability = ""]) => !filters.includes(capability)).map(([text]) => text)).toEqual([]);
  expect(Object.keys(messages.capabilities).toSorted()).toEqual([...AUDITED].toSorted());
});

test("what a verb keeps in the audit beside that has its name in words", () => {
  const kept = sources()
    .flatMap((source) => [...source.matchAll(/\bdetails(?: = |: )\{([^{}]*)\}/g)])
    .flatMap(([, fields = ""]) =>
      fields.split(",").flatMap((field) => /^\s*(\w+)(?=\s*(?::|$))/.exec(field)?.[1] ?? []),
    );
  expect(kept.length).toBeGreaterThan(60);
  const words: Record<string, string> = messages.details;
  // That it was refused stands beside the act.
  expect(kept.filter((name) => words[name] === undefined && name !== "refused")).toEqual([]);
});
