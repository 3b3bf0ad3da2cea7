import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { overviewQuery } from "@/lib/api-client/cluster";
import { pageContext } from "@/lib/auth/page-context";
import { readOverview } from "@/lib/cluster/read-overview";
import { can } from "@/lib/rbac/actor";
import { OverviewScreen } from "./overview-screen";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("overview"))("title") };
}

export default async function OverviewPage() {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "cluster.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const queryClient = new QueryClient();
  queryClient.setQueryData(overviewQuery().queryKey, await readOverview(ctx, {}));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <OverviewScreen />
    </HydrationBoundary>
  );
}
