import { deleteMark } from "@/lib/cluster/delete-mark";
import { route } from "@/lib/http/route";

export const DELETE = route<{ markId: string }>(({ ctx, params }) => deleteMark(ctx, { markId: params.markId }));
