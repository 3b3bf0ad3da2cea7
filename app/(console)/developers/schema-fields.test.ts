import { expect, test } from "vitest";
import { fieldsOf, type Schema } from "./schema-fields";

test("fields are told with their types, those within after their parent, references followed, forbidden ones left out", () => {
  const schema: Schema = {
    type: "object",
    required: ["to", "qos"],
    properties: {
      to: { anyOf: [{ $ref: "#/Topic" }, { type: "object", properties: { group: { type: "string" } } }] },
      qos: { enum: [0, 1, 2], default: 1 },
      at: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }], description: "When." },
      list: { type: "array", items: { $ref: "#/Topic" } },
      never: { not: {} },
    },
  };
  const topic: Schema = { type: "object", required: ["topicName"], properties: { topicName: { type: "string" } } };
  expect(
    fieldsOf(schema, () => topic).map(({ name, type, isRequired, about }) => [name, type, isRequired, about]),
  ).toEqual([
    ["to", "object", true, null],
    ["to.topicName", "string", false, null],
    ["to.group", "string", false, null],
    ["qos", "0 | 1 | 2", false, "Default: 1."],
    ["at", "string (date-time) | null", false, "When."],
    ["list", "object[]", false, null],
    ["list[].topicName", "string", true, null],
  ]);
});
