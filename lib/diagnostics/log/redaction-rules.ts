import { z } from "zod";
import { json, readEnv } from "@/lib/env/read-env";

/** What kind of thing was taken out; the words for people are in the message files under `log.redacted.<kind>`. */
export const REDACTED_KINDS = [
  "token",
  "password",
  "header",
  "cookie",
  "email",
  "phone",
  "name",
  "birthDate",
  "medical",
  "identity",
  "other",
] as const;
export type RedactedKind = (typeof REDACTED_KINDS)[number];

/** How often each kind was replaced in a log. */
export type RedactedCounts = Partial<Record<RedactedKind, number>>;

const patterns = z.array(z.string().min(2).max(500)).max(100);

const rulesSchema = z.object({
  /** Names of fields, headers and query parameters whose values are replaced, by kind: patterns of RE2, case ignored. */
  names: z.partialRecord(z.enum(REDACTED_KINDS), patterns).default({}),
  /** Values known by their looks alone, by kind. */
  values: z.partialRecord(z.enum(REDACTED_KINDS), patterns).default({}),
});

/** Which names and values are secrets. A name pattern has no groups that capture. */
export type RedactionRules = z.output<typeof rulesSchema>;

/** What is always taken out. What a team adds (`LOG_REDACTION`) comes on top; nothing here can be taken away by configuration. */
export const BUILT_IN_RULES: RedactionRules = {
  names: {
    token: [
      "[a-z_-]*token",
      "[a-z_-]*secret",
      "(?:x-)?api[_-]?key",
      "otp",
      "pin",
      "session_?id",
      "signature",
      "x-amz-[a-z-]+",
    ],
    password: ["[a-z_-]*password", "passwd", "pwd"],
    header: ["authorization"],
    cookie: ["(?:set-)?cookie"],
    email: ["e?mail"],
    phone: ["phone(?:_?number)?", "msisdn"],
    identity: ["nik"],
    name: ["(?:full|first|last|patient)_?name"],
    birthDate: ["(?:date_?of_?birth|birth_?da(?:te|y)|dob)"],
    medical: ["(?:icd(?:_?10)?|diagnosis)(?:_?code)?"],
  },
  values: {},
};

/** The built-in rules with a team's own. */
export function withOwnRules(own: RedactionRules): RedactionRules {
  const merged = (key: keyof RedactionRules): RedactionRules["names"] =>
    Object.fromEntries(
      REDACTED_KINDS.flatMap((kind) => {
        const all = [...(BUILT_IN_RULES[key][kind] ?? []), ...(own[key][kind] ?? [])];
        return all.length > 0 ? [[kind, all]] : [];
      }),
    );
  return { names: merged("names"), values: merged("values") };
}

/** `LOG_REDACTION`: a team's own rules as JSON, `{"names":{"medical":["rx_?code"]},"values":{"identity":["[0-9]{16}"]}}`. */
export function redactionRules(source?: Readonly<Record<string, string | undefined>>): RedactionRules {
  const env = readEnv(z.object({ LOG_REDACTION: json(rulesSchema).optional() }), source);
  return withOwnRules(env.LOG_REDACTION ?? { names: {}, values: {} });
}
