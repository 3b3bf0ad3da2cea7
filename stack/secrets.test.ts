import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureSecrets } from "./secrets";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "liveconnect-secrets-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("secrets are made once, and only their owner can read them", () => {
  const first = ensureSecrets(folder);
  expect(ensureSecrets(folder)).toEqual(first);
  expect(statSync(path.join(folder, "secrets.json")).mode & 0o077).toBe(0);
});

test("secrets that an older stack did not have are added, the others stay", () => {
  const { practiceApiKey, ...older } = ensureSecrets(folder);
  writeFileSync(path.join(folder, "secrets.json"), JSON.stringify(older));
  const { practiceApiKey: made, ...kept } = ensureSecrets(folder);
  expect(kept).toEqual(older);
  expect(made).not.toBe(practiceApiKey);
  expect(readFileSync(path.join(folder, "secrets.json"), "utf8")).toContain(made);
});
