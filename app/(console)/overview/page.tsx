import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { listAlerts } from "@/lib/alerts/list-alerts";
import { alertsQuery } from "@/lib/api-client/alert-desk";
import { overviewQuery } from "@/lib/api-client/cluster";
import { boardQuery } from "@/lib/api-client/diagnostics";
import { pageContext } from "@/lib/auth/page-context";
import { readOverview } from "@/lib/cluster/read-overview";
import { getLogBoard } from "@/lib/diagnostics/get-log-board";
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
  const mayAlerts = { read: can(ctx.actor, "alerts.read"), manage: can(ctx.actor, "alerts.manage") };
  const [overview, board, alerts] = await Promise.all([
    readOverview(ctx, {}),
    can(ctx.actor, "diagnostics.read") ? getLogBoard(ctx, {}) : null,
    mayAlerts.read ? listAlerts(ctx, {}) : null,
  ]);
  queryClient.setQueryData(overviewQuery().queryKey, overview);
  if (alerts) queryClient.setQueryData(alertsQuery("open").queryKey, alerts);
  if (board) queryClient.setQueryData(boardQuery().queryKey, board);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <OverviewScreen alerts={mayAlerts} />
    </HydrationBoundary>
  );
}
