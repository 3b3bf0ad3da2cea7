import { route } from "@/lib/http/route";
import { sayTo } from "@/lib/http/say-to";
import { getMessage } from "@/lib/publish/get-message";
import { keptSentence } from "@/lib/sentence";

export const GET = route<{ messageId: string }>(async ({ ctx, params, request }) => {
  const message = await getMessage(ctx, params);
  const say = await sayTo(request.headers);
  return { ...message, failure: message.failure === null ? null : say(keptSentence(message.failure)) };
});
