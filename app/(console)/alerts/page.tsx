import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { nodesQuery } from "@/lib/api-client/cluster";
import { pageContext } from "@/lib/auth/page-context";
import { listNodes } from "@/lib/cluster/list-nodes";
import { can } from "@/lib/rbac/actor";
import { AlertsScreen } from "./alerts-screen";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("alerts"))("title") };
}

export default async function AlertsPage() {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "alerts.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const queryClient = new QueryClient();
  queryClient.setQueryData(nodesQuery().queryKey, await listNodes(ctx, {}));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <AlertsScreen />
    </HydrationBoundary>
  );
}
