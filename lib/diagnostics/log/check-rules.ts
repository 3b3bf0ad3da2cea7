import { tmpdir } from "node:os";
import { AppError } from "@/lib/errors";
import { sentence, type Sentence } from "@/lib/sentence";
import { literal, openConfinedDuckDb, type ConfinedDuckDb } from "./confined-duckdb";
import { REDACTED_KINDS, type RedactionRules } from "./redaction-rules";

const CHECK_TIMEOUT_MS = 10_000;

/**
 * Throws VALIDATION, naming the pattern and what is wrong with it, where a rule of redaction cannot work: no expression of RE2, one that
 * takes out nothing at all, or a name with a group that captures. Asked when a worker starts, so that no log is the first to find out.
 */
export async function checkRedactionRules(rules: RedactionRules): Promise<void> {
  const duckdb = await openConfinedDuckDb({ folder: tmpdir(), timeoutMs: CHECK_TIMEOUT_MS });
  try {
    for (const part of ["names", "values"] as const)
      for (const kind of REDACTED_KINDS)
        for (const pattern of rules[part][kind] ?? []) {
          const wrong = await whatIsWrong(duckdb, { part, pattern });
          if (wrong)
            throw new AppError(
              "VALIDATION",
              sentence('LOG_REDACTION, {rule}: "{pattern}" {wrong}', { rule: `${part}.${kind}`, pattern, wrong }),
            );
        }
  } finally {
    duckdb.close();
  }
}

async function whatIsWrong(
  duckdb: ConfinedDuckDb,
  { part, pattern }: { part: "names" | "values"; pattern: string },
): Promise<Sentence | null> {
  try {
    const [row] = await duckdb.query(`select regexp_full_match('', ${literal(pattern)}) as empty`);
    if (row?.empty === true) return sentence("matches an empty text, so it would be found everywhere.");
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.replace(/^[A-Za-z ]*Error:\s*/, "") : String(cause);
    return sentence("is no regular expression of RE2: {said}", { said });
  }
  return part === "names" && captures(pattern) ? sentence("has a group that captures; write (?:…) for (…).") : null;
}

/** True when a pattern has a group that captures; what is escaped or in brackets is no group. */
const captures = (pattern: string): boolean =>
  /\((?!\?(?:[imsU-]*:|[imsU-]+\)))/.test(pattern.replace(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]/g, ""));
