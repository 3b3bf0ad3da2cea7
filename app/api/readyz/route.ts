import { consoleReadiness } from "@/lib/http/readiness";

export const dynamic = "force-dynamic";

/** Able to work, or what it waits for. */
export async function GET(): Promise<Response> {
  const readiness = await consoleReadiness();
  return Response.json(readiness, { status: readiness.ready ? 200 : 503, headers: { "cache-control": "no-store" } });
}
