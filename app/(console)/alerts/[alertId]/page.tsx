import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { NotAllowed } from "@/components/shell/not-allowed";
import { alertSaid, getAlert } from "@/lib/alerts/get-alert";
import { alertQuery } from "@/lib/api-client/alert-desk";
import { pageContext } from "@/lib/auth/page-context";
import { AppError } from "@/lib/errors";
import { sayTo } from "@/lib/http/say-to";
import { can } from "@/lib/rbac/actor";
import { AlertScreen } from "./alert-screen";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("alerts"))("one.title") };
}

export default async function AlertPage({ params }: { params: Promise<{ alertId: string }> }) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "alerts.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const { alertId } = await params;
  const alert = await getAlert(ctx, { alertId }).catch((error: unknown) => {
    if (error instanceof AppError && (error.code === "NOT_FOUND" || error.code === "VALIDATION")) notFound();
    throw error;
  });
  const queryClient = new QueryClient();
  queryClient.setQueryData(alertQuery(alertId).queryKey, alertSaid(alert, await sayTo(await headers())));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <AlertScreen alertId={alertId} mayManage={can(ctx.actor, "alerts.manage")} />
    </HydrationBoundary>
  );
}
