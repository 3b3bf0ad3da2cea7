/** Part of the API document, as far as the page reads it: JSON Schema of OpenAPI 3.1. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  description?: string;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  not?: unknown;
}

/** One field of a body or an answer; `name` is dotted, with `[]` for what an array holds. */
export interface Field {
  name: string;
  type: string;
  isRequired: boolean;
  about: string | null;
}

// Deeper than any body of ours.
const MOST_DEPTH = 6;

/** The fields of a schema, those of objects within it after their parent; `find` gives what a `$ref` names. */
export function fieldsOf(schema: Schema, find: (ref: string) => Schema, name = "", depth = 0): Field[] {
  const found = resolve(schema, find);
  const own = Object.entries(found.properties ?? {}).flatMap(([key, property]) => {
    const value = resolve(property, find);
    // a field that must not be there is not one
    if (value.not !== undefined) return [];
    const path = name === "" ? key : `${name}.${key}`;
    const field: Field = {
      name: path,
      type: typeOf(value, find),
      isRequired: (found.required ?? []).includes(key) && value.default === undefined,
      about:
        [value.description, value.default === undefined ? null : `Default: ${JSON.stringify(value.default)}.`]
          .filter(Boolean)
          .join(" ") || null,
    };
    return [field, ...(depth < MOST_DEPTH ? within(value, path) : [])];
  });
  return name === "" && found.items ? [...own, ...within(found, "")] : own;

  function within(value: Schema, path: string): Field[] {
    const parts = [value, ...choicesOf(value)].flatMap((one) => {
      const part = resolve(one, find);
      return part.items
        ? fieldsOf(part.items, find, `${path}[]`, depth + 1)
        : part.properties
          ? fieldsOf(part, find, path, depth + 1)
          : [];
    });
    const isOneOfMany = choicesOf(value).filter((one) => resolve(one, find).properties).length > 1;
    return parts
      .map((field) => (isOneOfMany ? { ...field, isRequired: false } : field))
      .filter((field, index) => parts.findIndex((other) => other.name === field.name) === index);
  }
}

const resolve = (schema: Schema, find: (ref: string) => Schema): Schema => (schema.$ref ? find(schema.$ref) : schema);

const choicesOf = (schema: Schema): readonly Schema[] => schema.anyOf ?? schema.oneOf ?? [];

function typeOf(schema: Schema, find: (ref: string) => Schema): string {
  const found = resolve(schema, find);
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum) return found.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = choicesOf(found);
  if (choices.length > 0) return [...new Set(choices.map((choice) => typeOf(choice, find)))].join(" | ");
  if (found.items) return `${typeOf(found.items, find)}[]`;
  const type = Array.isArray(found.type) ? found.type.join(" | ") : (found.type ?? "any");
  return found.format ? `${type} (${found.format})` : String(type);
}
