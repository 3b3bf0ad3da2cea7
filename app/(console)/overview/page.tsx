import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { createLoader, type SearchParams } from "nuqs/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { listAlerts } from "@/lib/alerts/list-alerts";
import { alertsQuery } from "@/lib/api-client/alert-desk";
import { overviewAtQuery, overviewQuery } from "@/lib/api-client/cluster";
import { boardQuery } from "@/lib/api-client/diagnostics";
import { pageContext } from "@/lib/auth/page-context";
import { readClusterAt } from "@/lib/cluster/read-cluster-at";
import { readOverview } from "@/lib/cluster/read-overview";
import { getLogBoard } from "@/lib/diagnostics/get-log-board";
import { can } from "@/lib/rbac/actor";
import { OverviewScreen } from "./overview-screen";
import { overviewSearch } from "./overview-search";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("overview"))("title") };
}

const loadSearch = createLoader(overviewSearch);

export default async function OverviewPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "cluster.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const queryClient = new QueryClient();
  const mayAlerts = { read: can(ctx.actor, "alerts.read"), manage: can(ctx.actor, "alerts.manage") };
  const { at } = await loadSearch(searchParams);
  const prefetch = ({ queryKey }: { queryKey: QueryKey }, queryFn: () => Promise<unknown>) =>
    queryClient.prefetchQuery({ queryKey, queryFn, retry: false });
  // What cannot be read now is said by the page, which asks again.
  await (at
    ? prefetch(overviewAtQuery(at.getTime()), () => readClusterAt(ctx, { at }))
    : Promise.all([
        prefetch(overviewQuery(), () => readOverview(ctx, {})),
        can(ctx.actor, "diagnostics.read") ? prefetch(boardQuery(), () => getLogBoard(ctx, {})) : null,
        mayAlerts.read ? prefetch(alertsQuery("open"), () => listAlerts(ctx, {})) : null,
      ]));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <OverviewScreen alerts={mayAlerts} />
    </HydrationBoundary>
  );
}
