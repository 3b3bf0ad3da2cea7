import { resumeLogRequests } from "@/lib/diagnostics/bulk/change-bulk";
import { route } from "@/lib/http/route";

/** Goes on with a bulk that was held. */
export const POST = route<{ bulkId: string }>(({ ctx, params }) => resumeLogRequests(ctx, params));
