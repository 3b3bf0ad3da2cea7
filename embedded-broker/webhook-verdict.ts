import { z } from "zod";

/**
 * What an `auth_on_*` hook decided. "next": no opinion, and as there is no other plugin, nobody allows it. "malformed":
 * JSON without a result, which crashes VerneMQ's connection process.
 */
export type HookVerdict =
  | { status: "ok"; modifiers: Record<string, unknown>; topics: readonly { topic: string; qos: number }[] }
  | { status: "next" }
  | { status: "error" }
  | { status: "malformed" };

export const FAILED: HookVerdict = { status: "error" };

const answerSchema = z.object({
  result: z.union([z.literal("ok"), z.literal("next"), z.object({ error: z.unknown() })]),
  modifiers: z.record(z.string(), z.unknown()).default({}),
  topics: z.array(z.object({ topic: z.string(), qos: z.number().int() })).default([]),
});

/** Reads the body of a 200 answer; anything that is not JSON is an error, as every other status is. */
export function readVerdict(body: string): HookVerdict {
  const value = parseJson(body);
  if (value === undefined) return FAILED;
  const parsed = answerSchema.safeParse(value);
  if (!parsed.success) return { status: "malformed" };
  const { result, modifiers, topics } = parsed.data;
  if (result === "ok") return { status: "ok", modifiers, topics };
  return result === "next" ? { status: "next" } : FAILED;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
