import { route } from "@/lib/http/route";
import { takeSecondFactor } from "@/lib/operators/second-factor";

/** Takes away somebody's second factor that is lost. */
export const POST = route<{ operatorId: string }>(({ ctx, params }) => takeSecondFactor(ctx, params));
