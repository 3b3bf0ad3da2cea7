import { readFileSync } from "node:fs";
import path from "node:path";
import { IMITATED_HOOKS } from "@/embedded-broker/hooks";

const FOLDER = path.join(import.meta.dirname, "../fixtures/vernemq");

/** One webhook as recorded from VerneMQ 2.1.2. */
export interface RecordedCall {
  node: string;
  hook: string;
  raw: string[];
  body: Record<string, unknown>;
}

export const readFixture = (name: string): string => readFileSync(path.join(FOLDER, name), "utf8");

/** The recorded hooks of a scenario that the embedded broker imitates, in order of arrival; nodes are n1, n2, n3. */
export function recordedCalls(scenario: string): RecordedCall[] {
  return readFixture(`hooks/${scenario}.jsonl`)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { url?: string; hook: string; raw: string[]; body: Record<string, unknown> })
    .filter(({ hook }) => (IMITATED_HOOKS as readonly string[]).includes(hook))
    .map(({ url, hook, raw, body }) => ({ node: `n${url?.at(-1)}`, hook, raw, body }));
}

/** `node:hook` of each call about one client. */
export const recordedOrder = (scenario: string, clientId: string): string[] =>
  recordedCalls(scenario)
    .filter(({ body }) => body.client_id === clientId)
    .map(({ node, hook }) => `${node}:${hook}`);

/** The JSON body of a recorded HTTP exchange. */
export function recordedJson(name: string): unknown {
  const text = readFixture(`api/${name}.txt`);
  return JSON.parse(text.slice(text.indexOf("\n\n") + 2));
}

/** Keys in order with the types of their values: two bodies of one shape look the same to a receiver. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]);
}
