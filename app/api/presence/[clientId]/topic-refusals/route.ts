import { listTopicRefusals } from "@/lib/access/list-topic-refusals";
import { route } from "@/lib/http/route";

export const GET = route<{ clientId: string }>(({ ctx, params }) =>
  listTopicRefusals(ctx, { clientId: params.clientId }),
);
