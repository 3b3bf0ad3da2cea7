import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { listApiKeys } from "@/lib/access/list-api-keys";
import { listBlocks } from "@/lib/access/list-blocks";
import { listIssuers } from "@/lib/access/list-issuers";
import { apiKeysQuery } from "@/lib/api-client/api-keys";
import { blocksQuery } from "@/lib/api-client/blocks";
import { issuersQuery } from "@/lib/api-client/issuers";
import { webhooksQuery } from "@/lib/api-client/webhooks";
import { pageContext } from "@/lib/auth/page-context";
import { listNodes } from "@/lib/cluster/list-nodes";
import { topicRoot } from "@/lib/env/topic-root";
import { listRoles } from "@/lib/operators/roles";
import { can } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { ROLE_PERMISSIONS, type Permission } from "@/lib/rbac/permissions";
import { listWebhookEndpoints } from "@/lib/webhooks/list-endpoints";
import { AccessScreen } from "./access-screen";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("access"))("title") };
}

export default async function AccessPage() {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "access.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const queryClient = new QueryClient();
  const [{ nodes }, publishers] = await Promise.all([
    listNodes(ctx, {}),
    rolesThatPublish(ctx),
    queryClient.prefetchQuery({ ...apiKeysQuery(), queryFn: () => listApiKeys(ctx, {}) }),
    queryClient.prefetchQuery({ ...issuersQuery(), queryFn: () => listIssuers(ctx, {}) }),
    queryClient.prefetchQuery({ ...blocksQuery(), queryFn: () => listBlocks(ctx, {}) }),
    queryClient.prefetchQuery({ ...webhooksQuery(), queryFn: () => listWebhookEndpoints(ctx, {}) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <AccessScreen
        nodes={nodes.map(({ name, role }) => ({ name, role }))}
        publishers={publishers}
        topicRoot={topicRoot()}
        mayManage={can(ctx.actor, "access.manage")}
      />
    </HydrationBoundary>
  );
}

/** Roles made here are known to whoever may see the operators. */
async function rolesThatPublish(ctx: Context): Promise<string[]> {
  const custom = can(ctx.actor, "operators.read") ? await listRoles(ctx, {}) : [];
  const roles: [string, readonly Permission[]][] = [
    ...Object.entries(ROLE_PERMISSIONS),
    ...custom.map(({ name, permissions }): [string, readonly Permission[]] => [name, permissions]),
  ];
  return roles
    .filter(([, permissions]) => permissions.includes("publish.send") || permissions.includes("publish.tail"))
    .map(([name]) => name);
}
