import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, countBytes, rewrite, toBase64, toHex } from "./payload-bytes";

test("bytes written in hex or base64 are the same bytes read back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(bytesOf(toHex(bytes), "hex")).toEqual(bytes);
      expect(bytesOf(toBase64(bytes), "base64")).toEqual(bytes);
    }),
  );
});

test("half-written hex and base64 are no bytes", () => {
  expect(bytesOf("abc", "hex")).toBeNull();
  expect(bytesOf("zz", "hex")).toBeNull();
  expect(bytesOf("YQ=", "base64")).toBeNull();
  expect(countBytes("é", "text")).toBe(2);
});

test("another format shows the same bytes; what cannot be text stays as it is", () => {
  expect(rewrite("hé", "text", "hex")).toBe("68 c3 a9");
  expect(rewrite("68 c3 a9", "hex", "json")).toBe("hé");
  expect(rewrite("ff", "hex", "text")).toBe("ff");
  expect(rewrite("ff", "hex", "base64")).toBe("/w==");
});
