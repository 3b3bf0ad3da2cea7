export const dynamic = "force-dynamic";

/** Alive: the process answers. */
export const GET = (): Response => new Response("ok", { headers: { "cache-control": "no-store" } });
