import { expect, test } from "vitest";
import { visibleText } from "./visible-text";

test.each([
  ["<script>alert(1)</script>", "<script>alert(1)</script>"],
  ["\u001b[31mred", "‹U+001B›[31mred"],
  ["invoice\u202Egpj.exe", "invoice‹U+202E›gpj.exe"],
  ["a\u200bb", "a‹U+200B›b"],
  ["tab\tand\nline", "tab\tand\nline"],
  ["Bahasa ✓ 中文 🙂", "Bahasa ✓ 中文 🙂"],
])("%j is shown as %j", (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});
