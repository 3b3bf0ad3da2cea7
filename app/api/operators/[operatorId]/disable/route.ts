import { route } from "@/lib/http/route";
import { disableOperator } from "@/lib/operators/change-operator";

export const POST = route<{ operatorId: string }>(({ ctx, params }) => disableOperator(ctx, params));
