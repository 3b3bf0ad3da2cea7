import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { listApiKeys } from "@/lib/access/list-api-keys";
import { apiKeysQuery } from "@/lib/api-client/api-keys";
import { webhooksQuery } from "@/lib/api-client/webhooks";
import { pageContext } from "@/lib/auth/page-context";
import { listNodes } from "@/lib/cluster/list-nodes";
import { can } from "@/lib/rbac/actor";
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
  const [{ nodes }] = await Promise.all([
    listNodes(ctx, {}),
    queryClient.prefetchQuery({ ...apiKeysQuery(), queryFn: () => listApiKeys(ctx, {}) }),
    queryClient.prefetchQuery({ ...webhooksQuery(), queryFn: () => listWebhookEndpoints(ctx, {}) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <AccessScreen
        nodes={nodes.map(({ name, role }) => ({ name, role }))}
        mayManage={can(ctx.actor, "access.manage")}
      />
    </HydrationBoundary>
  );
}
