import { route } from "@/lib/http/route";
import { enableOperator } from "@/lib/operators/change-operator";

export const POST = route<{ operatorId: string }>(({ ctx, params }) => enableOperator(ctx, params));
