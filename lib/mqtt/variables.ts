const VARIABLE = /\{\{\s*([A-Za-z][\w.-]{0,31})\s*\}\}/g;

/** Variables that are filled in by themselves when a message is published; any other is asked for. */
export const OWN_VARIABLES = ["clientId", "personId", "now", "uuid"] as const;
export type OwnVariable = (typeof OWN_VARIABLES)[number];

export const isOwnVariable = (name: string): name is OwnVariable => (OWN_VARIABLES as readonly string[]).includes(name);

/** Names of the `{{variables}}` in texts, each once, in the order they appear. */
export const variablesOf = (...texts: string[]): string[] => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(VARIABLE)].map(([, name = ""]) => name))),
];

/** A text with its `{{variables}}` filled in; one without a value stays as it is. `write` makes a value fit its place. */
export const fillVariables = (
  text: string,
  values: Readonly<Record<string, string>>,
  write: (value: string) => string = (value) => value,
): string =>
  text.replace(VARIABLE, (whole, name: string) => (Object.hasOwn(values, name) ? write(values[name] ?? "") : whole));

/** A value as it stands inside a string of JSON. */
export const insideJson = (value: string): string => JSON.stringify(value).slice(1, -1);
