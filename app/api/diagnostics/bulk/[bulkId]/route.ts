import { cancelLogRequests } from "@/lib/diagnostics/bulk/change-bulk";
import { getLogRequests } from "@/lib/diagnostics/bulk/read-bulks";
import { route } from "@/lib/http/route";

interface Params {
  bulkId: string;
}

/** How far many log requests are. */
export const GET = route<Params>(({ ctx, params }) => getLogRequests(ctx, params));

/** Cancels them. */
export const DELETE = route<Params>(({ ctx, params }) => cancelLogRequests(ctx, params));
