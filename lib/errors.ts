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

/** An error a person can act on: its message says what failed and what to do next, never a secret or a person's data. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly FieldIssue[];
  /** Seconds after which a retry makes sense; only with LIMIT and UNAVAILABLE. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; issues?: readonly FieldIssue[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
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

export function toProblem(error: unknown, requestId?: string): Problem {
  const known = error instanceof AppError ? error : new AppError("INTERNAL", "Something of ours failed. Try again.");
  return {
    type: "about:blank",
    title: known.code.toLowerCase().replace("_", " "),
    status: HTTP_STATUS[known.code],
    code: known.code,
    detail: known.message,
    ...(known.issues.length > 0 ? { issues: known.issues } : {}),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
