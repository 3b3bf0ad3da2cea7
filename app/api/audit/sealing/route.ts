import { readSealing } from "@/lib/audit/read-sealing";
import { route } from "@/lib/http/route";

/** How far the audit record is sealed, and what its last verification found. */
export const GET = route(({ ctx }) => readSealing(ctx, {}));
