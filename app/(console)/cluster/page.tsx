import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { createLoader, type SearchParams } from "nuqs/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { marksQuery, nodesQuery, overviewAtQuery, seriesQuery, spanEnds } from "@/lib/api-client/cluster";
import { CHART_METRICS } from "@/lib/cluster/terms";
import { pageContext } from "@/lib/auth/page-context";
import { listMarks } from "@/lib/cluster/list-marks";
import { listNodes } from "@/lib/cluster/list-nodes";
import { readClusterAt } from "@/lib/cluster/read-cluster-at";
import { readSeries } from "@/lib/cluster/read-series";
import { can } from "@/lib/rbac/actor";
import { ClusterScreen } from "./cluster-screen";
import { clusterSearch, spanOf } from "./cluster-search";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("cluster"))("title") };
}

const loadSearch = createLoader(clusterSearch);

export default async function ClusterPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "cluster.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const search = await loadSearch(searchParams);
  const span = spanOf(search);
  const { compare, at } = search;
  const ends = spanEnds(span, ctx.now().getTime());
  const range = { from: new Date(ends.from), to: new Date(ends.to) };
  const queryClient = new QueryClient();
  // What a URL asks for that cannot be read is said by the page, which asks again.
  await Promise.all([
    at
      ? prefetch(queryClient, overviewAtQuery(at.getTime()), () => readClusterAt(ctx, { at }))
      : prefetch(queryClient, nodesQuery(), () => listNodes(ctx, {})),
    prefetch(queryClient, seriesQuery({ span, compare }), () =>
      readSeries(ctx, { metrics: [...CHART_METRICS], ...range, ...(compare ? { compare } : {}) }),
    ),
    prefetch(queryClient, marksQuery(span), () => listMarks(ctx, range)),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ClusterScreen may={{ mark: can(ctx.actor, "cluster.mark"), seeClients: can(ctx.actor, "presence.read") }} />
    </HydrationBoundary>
  );
}

const prefetch = (queryClient: QueryClient, { queryKey }: { queryKey: QueryKey }, queryFn: () => Promise<unknown>) =>
  queryClient.prefetchQuery({ queryKey, queryFn, retry: false });
