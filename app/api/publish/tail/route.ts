import { openTail } from "@/lib/http/open-tail";
import { readJson, route } from "@/lib/http/route";
import { tailTopics } from "@/lib/publish/tail-topics";

export const dynamic = "force-dynamic";

/** What is published within a topic filter, as lines of JSON while it happens. A POST, as each is recorded. */
export const POST = route(async ({ ctx, request }) => {
  const { ticket } = await tailTopics(ctx, await readJson(request));
  return openTail({ ctx, request, ticket });
});
