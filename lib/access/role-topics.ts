import { z } from "zod";
import { readVerb, writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { filterCoversFilter } from "@/lib/mqtt/topics";
import type { Context } from "@/lib/rbac/context";
import { sentence, term } from "@/lib/sentence";
import { roleTopicSchema, type RoleTopic, type RoleTopicAction } from "./schemas";

// A list somebody reads; more are better said by a wider filter.
const MOST_FILTERS = 200;

/** Where roles may publish from the console and what they may watch, by role; at most 200. */
export const listRoleTopics = readVerb({
  permission: "access.read",
  input: z.strictObject({}),
  work: async (ctx): Promise<RoleTopic[]> => {
    const rows = await ctx.db.prisma.roleTopic.findMany({
      orderBy: [{ role: "asc" }, { action: "asc" }, { topicFilter: "asc" }],
      take: MOST_FILTERS,
    });
    return rows.map(({ role, action, topicFilter, allowedBy, allowedAt }) => ({
      ...roleTopicSchema.parse({ role, action, topicFilter }),
      allowedBy,
      allowedAt: allowedAt.toISOString(),
    }));
  },
});

/** Lets a role publish within a topic filter, or watch it. Allowing it twice is harmless. Throws LIMIT above 200. */
export const allowRoleTopic = writeVerb({
  permission: "access.manage",
  input: roleTopicSchema,
  work: async (ctx, roleTopic) => {
    if ((await ctx.tx.roleTopic.count()) >= MOST_FILTERS)
      throw new AppError(
        "LIMIT",
        sentence("There are {most} already. Remove one, or allow a wider filter.", { most: MOST_FILTERS }),
      );
    await ctx.tx.roleTopic.createMany({ data: [{ ...roleTopic, allowedBy: ctx.actor.name }], skipDuplicates: true });
    return { result: undefined, audit: fact("allowRoleTopic", roleTopic) };
  },
});

/** Takes it back, at once. What is not there is none to take. */
export const denyRoleTopic = writeVerb({
  permission: "access.manage",
  input: roleTopicSchema,
  work: async (ctx, roleTopic) => {
    await ctx.tx.roleTopic.deleteMany({ where: roleTopic });
    return { result: undefined, audit: fact("denyRoleTopic", roleTopic) };
  },
});

/**
 * Refuses an operator whose role is not allowed the topic name (to publish) or topic filter (to watch), and says what is; for verbs that
 * have checked the permission. Services have filters of their own.
 */
export async function requireRoleTopic(ctx: Context, action: RoleTopicAction, topic: string): Promise<void> {
  if (ctx.actor.kind !== "operator") return;
  const allowed = await ctx.db.prisma.roleTopic.findMany({
    where: { role: ctx.actor.role, action },
    select: { topicFilter: true },
  });
  if (allowed.some(({ topicFilter }) => filterCoversFilter(topicFilter, topic))) return;
  const within = allowed.map(({ topicFilter }) => topicFilter).join(", ");
  const who = {
    role: term("shell.roles", ctx.actor.role),
    act: action === "publish" ? sentence("publish") : sentence("watch"),
  };
  throw new AppError(
    "FORBIDDEN",
    within
      ? sentence("The role {role} may {act} within {within} only. Ask an administrator.", { ...who, within })
      : sentence("The role {role} may {act} nowhere. Ask an administrator.", who),
  );
}

const fact = (
  verb: "allowRoleTopic" | "denyRoleTopic",
  { role, action, topicFilter }: z.output<typeof roleTopicSchema>,
) => ({
  action: `access.${verb}`,
  subjectKind: "topic" as const,
  subjectId: topicFilter,
  details: { role, action },
});
