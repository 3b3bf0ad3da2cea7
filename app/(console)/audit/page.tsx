import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { createLoader, type SearchParams } from "nuqs/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { auditDayQuery, auditQuery, auditSealingQuery } from "@/lib/api-client/audit";
import { listAuditEvents } from "@/lib/audit/list-audit-events";
import { readAuditDay } from "@/lib/audit/read-audit-day";
import { readSealing } from "@/lib/audit/read-sealing";
import { pageContext } from "@/lib/auth/page-context";
import { can } from "@/lib/rbac/actor";
import { auditSearchParams, filtersOf } from "./audit-filters";
import { AuditScreen } from "./audit-screen";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("audit"))("title") };
}

const loadSearch = createLoader(auditSearchParams);

export default async function AuditPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "audit.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const filters = filtersOf(await loadSearch(searchParams));
  const queryClient = new QueryClient();
  await Promise.all([
    queryClient.prefetchInfiniteQuery({ ...auditQuery(filters), queryFn: () => listAuditEvents(ctx, filters) }),
    queryClient.prefetchQuery({ ...auditDayQuery(), queryFn: () => readAuditDay(ctx, {}) }),
    queryClient.prefetchQuery({ ...auditSealingQuery(), queryFn: () => readSealing(ctx, {}) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <AuditScreen />
    </HydrationBoundary>
  );
}
