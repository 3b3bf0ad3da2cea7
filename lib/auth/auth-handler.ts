import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { AppError } from "@/lib/errors";
import { consoleLog } from "@/lib/http/console-database";
import { consoleEnv } from "@/lib/http/console-env";
import { problemResponse } from "@/lib/http/problem";
import { isOwnOrigin, isSafeMethod, requestIdOf } from "@/lib/http/request-facts";
import { authOptions } from "./auth-options";

interface Segment {
  params: Promise<{ nextauth: string[] }>;
}

// What the console uses of next-auth's endpoints. The rest (its own pages, a log anyone may write to) stays shut.
const OPEN = new Set([
  "GET csrf",
  "GET session",
  "GET error",
  "GET signin",
  "POST signin/oidc",
  "GET callback/oidc",
  "POST callback/credentials",
  "POST signout",
]);
const MAX_FORM_BYTES = 8_192;

/** next-auth behind the console's own door: only the endpoints in use, from our own pages, and redirects by path. */
export async function authHandler(request: NextRequest, segment: Segment): Promise<Response> {
  const { nextauth } = await segment.params;
  try {
    admit(request, nextauth.join("/"));
    const response = (await NextAuth(request, segment, authOptions(request))) as Response;
    return byPath(response);
  } catch (error) {
    const requestId = requestIdOf(request.headers);
    return problemResponse(error, { request, requestId, log: consoleLog().child({ requestId }) });
  }
}

function admit(request: Request, action: string): void {
  if (!OPEN.has(`${request.method} ${action}`)) throw new AppError("NOT_FOUND", "There is nothing here.");
  if (isSafeMethod(request.method)) return;
  if (!isOwnOrigin(request.headers, consoleEnv().NEXTAUTH_URL))
    throw new AppError("FORBIDDEN", "This request did not come from a page of the console.");
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!(length <= MAX_FORM_BYTES)) throw new AppError("VALIDATION", "The form is larger than 8 kB.");
}

/**
 * A redirect keeps to the host the browser is on: people also reach a console by another name of its machine than NEXTAUTH_URL
 * (127.0.0.1 for localhost), and their session cookie belongs to that one.
 */
function byPath(response: Response): Response {
  const location = response.headers.get("location");
  const { origin } = new URL(consoleEnv().NEXTAUTH_URL);
  if (location?.startsWith(`${origin}/`)) response.headers.set("location", location.slice(origin.length));
  return response;
}
