import { z } from "zod";
import { json, readEnv } from "@/lib/env/read-env";

/** What a line may say of a call, and the names under which it does; the first is our reference form's. */
export const LINE_FIELDS = {
  t: ["t", "ts", "time", "timestamp", "@timestamp", "startedAt", "startedDateTime"],
  method: ["method", "verb", "httpMethod", "http_method", "requestMethod"],
  url: ["url", "uri", "requestUrl", "request_url", "endpoint", "path"],
  status: ["status", "statusCode", "status_code", "code", "responseCode"],
  ms: ["ms", "durationMs", "duration_ms", "duration", "tookMs", "elapsedMs", "elapsed", "latencyMs"],
  bytes: ["bytes", "responseBytes", "contentLength", "content_length", "size"],
  attempt: ["attempt", "try", "tries"],
  error: ["error", "errorMessage", "error_message", "exception", "err", "reason"],
  app: ["app", "appVersion", "app_version", "version"],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type LineField = keyof typeof LINE_FIELDS;

/** Names of each field's key in a JSON line, those tried first standing first. */
export type KeyAliases = Record<LineField, readonly string[]>;

const aliasesSchema = z.partialRecord(
  z.enum(Object.keys(LINE_FIELDS) as [LineField, ...LineField[]]),
  z.array(z.string().regex(/^[A-Za-z0-9_@.-]{1,64}$/)).max(20),
);

/** `LOG_KEY_ALIASES`: a team's own names as JSON, `{"url":["endpointUrl"]}`; they come after the reference form's and before ours. */
export function keyAliases(source?: Readonly<Record<string, string | undefined>>): KeyAliases {
  const { LOG_KEY_ALIASES: own } = readEnv(z.object({ LOG_KEY_ALIASES: json(aliasesSchema).optional() }), source);
  const namesOf = (field: LineField): readonly string[] => {
    const [reference, ...others] = LINE_FIELDS[field];
    return [...new Set([reference, ...(own?.[field] ?? []), ...others])];
  };
  return {
    t: namesOf("t"),
    method: namesOf("method"),
    url: namesOf("url"),
    status: namesOf("status"),
    ms: namesOf("ms"),
    bytes: namesOf("bytes"),
    attempt: namesOf("attempt"),
    error: namesOf("error"),
    app: namesOf("app"),
  };
}
