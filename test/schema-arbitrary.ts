import fc, { type Arbitrary } from "fast-check";

/** Part of JSON Schema as our API document uses it. */
export interface JsonSchema {
  $ref?: string;
  type?: string | readonly string[];
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  items?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  enum?: readonly unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
}

// What servers stumble over: empty, huge, nulls within text, halves of characters, wildcards, quotes, other scripts.
const hostile = fc.constantFrom<unknown>(
  "",
  "\u0000",
  "\ud800",
  "a".repeat(70_000),
  "#",
  "$SYS/x",
  "';drop table messages;--",
  "../../etc/passwd",
  "صباح الخير 🛵",
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER,
  null,
  true,
  [],
  {},
  [[[]]],
  { __proto__: null, constructor: 1 },
);

/**
 * Bodies for a schema: mostly what it describes, with now and then something else in a place of it. Patterns are not followed, so
 * that texts are both right and wrong ones.
 */
export function arbitraryOf(schema: JsonSchema): Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: rightFor(schema) }, { weight: 1, arbitrary: hostile });
}

function rightFor(schema: JsonSchema): Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(arbitraryOf));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.properties) {
    const required = new Set(schema.required);
    const parts = Object.entries(schema.properties).map(([name, property]) => [name, arbitraryOf(property)] as const);
    return fc.record(Object.fromEntries(parts), {
      requiredKeys: parts.map(([name]) => name).filter((name) => required.has(name)),
    });
  }
  if (schema.items) return fc.array(arbitraryOf(schema.items), { minLength: schema.minItems ?? 0, maxLength: 4 });
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "string":
      return textFor(schema);
    case "integer":
    case "number":
      return fc.oneof(fc.integer({ min: schema.minimum ?? -10, max: schema.maximum ?? 10_000 }), fc.double());
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

const textFor = ({ format }: JsonSchema): Arbitrary<unknown> =>
  format === "uuid"
    ? fc.uuid()
    : format === "date-time"
      ? fc.date({ noInvalidDate: false }).map((date) => (Number.isNaN(date.getTime()) ? "never" : date.toISOString()))
      : format === "base64"
        ? fc.base64String()
        : fc.oneof(fc.stringMatching(/^[A-Za-z0-9._/-]{1,30}$/), fc.string(), fc.string({ unit: "binary" }));
