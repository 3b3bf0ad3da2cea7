import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashToken, tokenIn } from "./token-paste";

const TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwLTEifQ.c2lnbmF0dXJl";

describe("a pasted token", () => {
  it.each([TOKEN, ` ${TOKEN}\n`, `Bearer ${TOKEN}`, `"${TOKEN}"`])("is recognised in %j", (text) => {
    expect(tokenIn(text)).toBe(TOKEN);
  });
  it.each(["and-7f3k2m9q", "a.b.c", "siti.nur.rahma", "eyJhbGciOiJFUzI1NiJ9"])("is not seen in %s", (text) => {
    expect(tokenIn(text)).toBeNull();
  });
  it("becomes the hash the gateway keeps", async () => {
    expect(await hashToken(TOKEN)).toBe(createHash("sha256").update(TOKEN).digest("hex"));
  });
});
