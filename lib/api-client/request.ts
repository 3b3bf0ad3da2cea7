import type { ErrorCode, FieldIssue, Problem } from "@/lib/errors";

/** Why a request of ours failed: the server's code, or NETWORK (no answer came) or TIMEOUT (none in time). */
export class ApiError extends Error {
  readonly code: ErrorCode | "NETWORK" | "TIMEOUT";
  /** A sentence for a person in their language: the server's, or the page's own where the server said nothing. */
  readonly detail: string;
  readonly issues: readonly FieldIssue[];
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    failure: Pick<ApiError, "code" | "detail"> & Partial<Pick<ApiError, "issues" | "requestId" | "retryAfterSeconds">>,
    options: { cause?: unknown } = {},
  ) {
    super(failure.detail, options);
    this.name = "ApiError";
    this.code = failure.code;
    this.detail = failure.detail;
    this.issues = failure.issues ?? [];
    this.requestId = failure.requestId;
    this.retryAfterSeconds = failure.retryAfterSeconds;
  }
}

interface RequestOptions {
  signal?: AbortSignal;
  /** 15 s unless told otherwise. */
  timeoutMs?: number;
}

/** GET one of our own routes. Types are those of the verb behind it. Throws ApiError; a lost session leads to the sign-in page. */
export const getJson = <T>(path: string, options?: RequestOptions): Promise<T> =>
  send<T>("GET", path, undefined, options);

/** POST JSON to one of our own routes; as `getJson` otherwise. */
export const postJson = <T>(path: string, body: unknown, options?: RequestOptions): Promise<T> =>
  send<T>("POST", path, body, options);

/** DELETE by one of our own routes; as `getJson` otherwise. */
export const deleteJson = <T = void>(path: string, options?: RequestOptions): Promise<T> =>
  send<T>("DELETE", path, undefined, options);

/** True for a failure that may pass by itself. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && ["NETWORK", "TIMEOUT", "UNAVAILABLE"].includes(error.code);

/** Pages for whoever has no session. */
export const isOpenPage = (path: string): boolean => path === "/sign-in" || path === "/set-password";

/** Leaves for the sign-in page, to come back here. */
export function goToSignIn(): void {
  if (isOpenPage(window.location.pathname)) return;
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?callbackUrl=${encodeURIComponent(here)}`);
}

async function send<T>(method: string, path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
  const response = await reach(method, path, body, options);
  if (!response.ok) throw await failureOf(response);
  if (response.status === 204) return trusted<T>(undefined);
  return trusted<T>(await response.json());
}

async function reach(method: string, path: string, body: unknown, options: RequestOptions): Promise<Response> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 15_000);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    return await fetch(path, { method, ...encode(body), signal });
  } catch (cause) {
    // The caller's own abort is not a failure of the request: TanStack Query knows it by its name.
    if (options.signal?.aborted) throw cause;
    throw timeout.aborted
      ? new ApiError({ code: "TIMEOUT", detail: pageWords("late") }, { cause })
      : new ApiError({ code: "NETWORK", detail: pageWords("unreachable") }, { cause });
  }
}

/** `fetch` of a file or stream of ours, which takes its time. Throws ApiError where nothing answers, or the abort of the signal. */
export async function openStream(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError({ code: "NETWORK", detail: pageWords("unreachable") }, { cause });
  }
}

// app/layout.tsx writes them into the page, so that no request needs React nor a language of its own.
const pageWords = (words: "late" | "unreachable" | "answered"): string => document.body.dataset[words] ?? words;

/** Of an answer that does not say itself what is wrong, as a proxy's. */
export const wordlessAnswer = (status: number): string => pageWords("answered").replace("{status}", String(status));

function encode(body: unknown): Pick<RequestInit, "headers" | "body"> {
  const accept = { accept: "application/json" };
  if (body === undefined) return { headers: accept };
  return { headers: { ...accept, "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** What a response that is not ok says went wrong. A lost session leads to the sign-in page. */
export async function failureOf(response: Response): Promise<ApiError> {
  if (response.status === 401) goToSignIn();
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const problem = (await response.json().catch(() => null)) as Problem | null;
  return new ApiError({
    code: problem?.code ?? "INTERNAL",
    detail: problem?.detail ?? wordlessAnswer(response.status),
    issues: problem?.issues ?? [],
    requestId: problem?.requestId ?? response.headers.get("x-request-id") ?? undefined,
    retryAfterSeconds: Number.isNaN(retryAfter) ? undefined : retryAfter,
  });
}

// Our own server answered from a verb of this type; checking it again here would cost every page the schemas.
const trusted = <T>(value: unknown): T => value as T;
