import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { embeddedParts } from "./embedded.mjs";
import { environmentOf } from "./environment";
import { ensureSecrets } from "./secrets";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "liveconnect-environment-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("practice accounts sign in wherever they were made; that nobody is real is said only of the fleet", () => {
  const secrets = ensureSecrets(folder);
  const practiceOf = (env: Record<string, string>) => {
    const parts = embeddedParts(env);
    const { PRACTICE, PRACTICE_FLEET } = environmentOf("console", {
      secrets,
      databaseUrl: "postgresql://db",
      dataFolder: folder,
      parts,
    });
    return { PRACTICE, PRACTICE_FLEET };
  };
  expect(practiceOf({})).toEqual({ PRACTICE: "1", PRACTICE_FLEET: "1" });
  expect(practiceOf({ FLEET: "0" })).toEqual({ PRACTICE: "1", PRACTICE_FLEET: "0" });
  expect(practiceOf({ DATABASE_URL: "postgresql://db" })).toEqual({ PRACTICE: "0", PRACTICE_FLEET: "0" });
});
