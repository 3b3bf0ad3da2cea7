import { inEnglish, type Say, type Sentence, type Written } from "./sentence";

/** Why something was refused or failed; each edge maps it once (HTTP answers RFC 9457 problem+json). */
export type ErrorCode =
  "VALIDATION" | "UNAUTHENTICATED" | "FORBIDDEN" | "NOT_FOUND" | "CONFLICT" | "LIMIT" | "UNAVAILABLE" | "INTERNAL";

/** HTTP status of each code, for the edges that speak HTTP. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  VALIDATION: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  LIMIT: 429,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

export interface FieldIssue {
  /** Dotted path of the field, empty for the whole input. */
  path: string;
  message: string;
}

/** What is wrong with a field, before a language is chosen. */
export interface WrongField {
  path: string;
  message: Sentence;
}

/**
 * An error a person can act on: it says what failed and what to do next, never a secret or a person's data. Its message is English;
 * `sentence` is what an edge says in another language. (`T` only makes sure that a text is written here, or a sentence.)
 */
export class AppError<const T extends string = string> extends Error {
  readonly code: ErrorCode;
  readonly sentence: Sentence;
  readonly issues: readonly WrongField[];
  /** Seconds after which a retry makes sense; only with LIMIT and UNAVAILABLE. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    said: Written<T> | Sentence,
    options: { cause?: unknown; issues?: readonly WrongField[]; retryAfterSeconds?: number } = {},
  ) {
    const asSentence = typeof said === "string" ? { template: said, values: {} } : said;
    super(inEnglish(asSentence), { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.sentence = asSentence;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** RFC 9457 body of an error. An error that is not an AppError tells nothing of itself. */
export interface Problem {
  type: "about:blank";
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  issues?: readonly FieldIssue[];
  requestId?: string;
}

/** The problem of an error; in English, unless told how an operator's language says it. */
export function toProblem(error: unknown, requestId?: string, say: Say = inEnglish): Problem {
  const known = error instanceof AppError ? error : new AppError("INTERNAL", "Something of ours failed. Try again.");
  return {
    type: "about:blank",
    title: known.code.toLowerCase().replace("_", " "),
    status: HTTP_STATUS[known.code],
    code: known.code,
    detail: say(known.sentence),
    ...(known.issues.length > 0
      ? { issues: known.issues.map(({ path, message }) => ({ path, message: say(message) })) }
      : {}),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
