import { route } from "@/lib/http/route";
import { listUnmaskings } from "@/lib/operators/review-unmaskings";

export const GET = route(({ ctx }) => listUnmaskings(ctx, {}));
