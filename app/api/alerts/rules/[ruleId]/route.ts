import { deleteRule } from "@/lib/alerts/delete-rule";
import { route } from "@/lib/http/route";

export const DELETE = route<{ ruleId: string }>(({ ctx, params }) => deleteRule(ctx, params));
