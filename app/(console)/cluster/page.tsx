import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { createLoader, type SearchParams } from "nuqs/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { CHART_METRICS, CHART_RANGES, nodesQuery, seriesQuery } from "@/lib/api-client/cluster";
import { pageContext } from "@/lib/auth/page-context";
import { listNodes } from "@/lib/cluster/list-nodes";
import { readSeries } from "@/lib/cluster/read-series";
import { can } from "@/lib/rbac/actor";
import { ClusterScreen } from "./cluster-screen";
import { rangeParser } from "./range-parser";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("cluster"))("title") };
}

const loadSearch = createLoader({ range: rangeParser });

export default async function ClusterPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "cluster.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const { range } = await loadSearch(searchParams);
  const to = ctx.now();
  const from = new Date(to.getTime() - CHART_RANGES[range].seconds * 1000);
  const [nodes, series] = await Promise.all([
    listNodes(ctx, {}),
    readSeries(ctx, { metrics: [...CHART_METRICS], from, to }),
  ]);
  const queryClient = new QueryClient();
  queryClient.setQueryData(nodesQuery().queryKey, nodes);
  queryClient.setQueryData(seriesQuery(range).queryKey, series);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ClusterScreen />
    </HydrationBoundary>
  );
}
