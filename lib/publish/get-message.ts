import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { selectMessage } from "./internal";
import { messageIdSchema } from "./schemas";

/** One message and how far it came. A service sees only its own. Throws NOT_FOUND. */
export const getMessage = readVerb({
  permission: "publish.read",
  input: z.strictObject({ messageId: messageIdSchema }),
  work: (ctx, { messageId }) => selectMessage(ctx, messageId),
});
