import { openShare, revokeShare } from "@/lib/diagnostics/log-shares";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { readQuery, route } from "@/lib/http/route";

interface Params {
  shareId: string;
}

/** A page of what the link shows, after a line. */
export const GET = route<Params>(async ({ ctx, params, request }) => {
  const { after = "0" } = readQuery<{ after?: string }>(request);
  return openShare(await consoleLogReader())(ctx, { ...params, after: Number(after) });
});

/** Ends the link. */
export const DELETE = route<Params>(({ ctx, params }) => revokeShare(ctx, params));
