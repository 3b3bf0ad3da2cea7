import { route } from "@/lib/http/route";
import { suggestTopics } from "@/lib/publish/suggest-topics";

export const GET = route(({ ctx }) => suggestTopics(ctx, {}));
