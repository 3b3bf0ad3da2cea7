import { testAccess } from "@/lib/access/test-access";
import { readJson, route } from "@/lib/http/route";
import { sayTo } from "@/lib/http/say-to";

/** A POST, as a topic is no part of a path. What makes it no topic is told in the operator's language. */
export const POST = route(async ({ ctx, request }) => {
  const tested = await testAccess(ctx, await readJson(request));
  const { decision } = tested;
  if (decision.rule !== "malformed") return tested;
  const say = await sayTo(request.headers);
  return { ...tested, decision: { ...decision, problem: say({ template: decision.problem, values: {} }) } };
});
