import { route } from "@/lib/http/route";
import { reviewUnmasking } from "@/lib/operators/review-unmaskings";

export const POST = route<{ unmaskingId: string }>(({ ctx, params }) => reviewUnmasking(ctx, params));
