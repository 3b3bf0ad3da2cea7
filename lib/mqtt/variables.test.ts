import { expect, test } from "vitest";
import { fillVariables, insideJson, variablesOf } from "./variables";

test("variables are found once each, in order, with or without spaces; other braces are left alone", () => {
  expect(variablesOf("orders/{{orderId}}", '{"a":"{{ now }}","b":{"c":"{{orderId}}"}}', "{{1}} {x}")).toEqual([
    "orderId",
    "now",
  ]);
});

test("a value stays inside the string of JSON it is written to, and what has no value stays", () => {
  const filled = fillVariables('{"a":"{{x}}","b":"{{y}}"}', { x: 'q"uote\n' }, insideJson);
  expect(JSON.parse(filled)).toEqual({ a: 'q"uote\n', b: "{{y}}" });
  expect(fillVariables("{{toString}}", {})).toBe("{{toString}}");
});
