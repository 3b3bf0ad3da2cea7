import { queryOptions } from "@tanstack/react-query";
import type { RoleTopic } from "@/lib/access/schemas";
import { getJson, postJson } from "./request";

/** Where roles may publish from the console and what they may watch. */
export const roleTopicsQuery = () =>
  queryOptions({
    queryKey: ["access", "roleTopics"] as const,
    queryFn: ({ signal }) => getJson<RoleTopic[]>("/api/access/role-topics", { signal }),
  });

/** What a role is allowed. */
export type Allowed = Pick<RoleTopic, "role" | "action" | "topicFilter">;

/** Lets a role publish within a topic filter, or watch it. */
export const allowRoleTopic = (allowed: Allowed) => postJson<void>("/api/access/role-topics", allowed);

/** Takes it back. */
export const denyRoleTopic = (allowed: Allowed) => postJson<void>("/api/access/role-topics/deny", allowed);
