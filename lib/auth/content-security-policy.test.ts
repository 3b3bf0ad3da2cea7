import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { contentSecurityPolicy } from "./content-security-policy";

const policy = contentSecurityPolicy({ nonce: "n", development: false, https: true });

it("no script and no style element runs without the page's nonce; of others' style sheets only the one we ship is let in", async () => {
  const sonner = await readFile("node_modules/sonner/dist/index.mjs", "utf8");
  const [, literal = '""'] = /__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(sonner) ?? [];
  const [empty, styles] = ["", JSON.parse(literal)].map((text) => createHash("sha256").update(text).digest("base64"));
  expect(policy).toContain(`style-src 'self' 'nonce-n' 'sha256-${empty}' 'sha256-${styles}';`);
  expect(policy).toContain("script-src 'self' 'nonce-n' 'strict-dynamic';");
});

it("'unsafe-inline' is said of style attributes and of nothing else", () => {
  const lax = policy.split("; ").filter((directive) => directive.includes("unsafe-"));
  expect(lax).toEqual(["style-src-attr 'unsafe-inline'"]);
});
