import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { headers } from "next/headers";
import { createLoader, type SearchParams } from "nuqs/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { listAlerts } from "@/lib/alerts/list-alerts";
import { channelsSaid, listChannels } from "@/lib/alerts/list-channels";
import { listRules } from "@/lib/alerts/list-rules";
import { alertsQuery, channelsQuery, rulesQuery } from "@/lib/api-client/alert-desk";
import { pageContext } from "@/lib/auth/page-context";
import { sayTo } from "@/lib/http/say-to";
import { can } from "@/lib/rbac/actor";
import { AlertsScreen } from "./alerts-screen";
import { tabParser } from "./alerts-tabs";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("alerts"))("title") };
}

const loadSearch = createLoader({ tab: tabParser });

export default async function AlertsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "alerts.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const { tab } = await loadSearch(searchParams);
  const queryClient = new QueryClient();
  const setAlerts = async (status: "open" | "acknowledged"): Promise<void> => {
    queryClient.setQueryData(alertsQuery(status).queryKey, await listAlerts(ctx, { status }));
  };
  const setChannels = async (): Promise<void> => {
    const channels = channelsSaid(await listChannels(ctx, {}), await sayTo(await headers()));
    queryClient.setQueryData(channelsQuery().queryKey, channels);
  };
  await Promise.all([
    setAlerts("open"),
    tab === "acknowledged" ? setAlerts(tab) : null,
    tab === "rules" ? listRules(ctx, {}).then((rules) => queryClient.setQueryData(rulesQuery().queryKey, rules)) : null,
    tab === "channels" ? setChannels() : null,
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <AlertsScreen mayManage={can(ctx.actor, "alerts.manage")} />
    </HydrationBoundary>
  );
}
