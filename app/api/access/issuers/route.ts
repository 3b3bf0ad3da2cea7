import { listIssuers } from "@/lib/access/list-issuers";
import { route } from "@/lib/http/route";

export const GET = route(({ ctx }) => listIssuers(ctx, {}));
