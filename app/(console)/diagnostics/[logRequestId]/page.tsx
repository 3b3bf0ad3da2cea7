import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { createLoader, type SearchParams } from "nuqs/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { logLinesQuery, logRequestQuery, logSummaryQuery } from "@/lib/api-client/diagnostics";
import { pageContext } from "@/lib/auth/page-context";
import { getLogRequest } from "@/lib/diagnostics/get-log-request";
import { readLog } from "@/lib/diagnostics/read-log";
import { summariseLog } from "@/lib/diagnostics/summarise-log";
import { AppError } from "@/lib/errors";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { can } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { logSearchParams } from "./log-search";
import { LogRequestScreen } from "./log-request-screen";

interface Props {
  params: Promise<{ logRequestId: string }>;
  searchParams: Promise<SearchParams>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("diagnostics"))("requestTitle") };
}

const loadSearch = createLoader(logSearchParams);

export default async function LogRequestPage({ params, searchParams }: Props) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "diagnostics.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const { logRequestId } = await params;
  const life = await getLogRequest(ctx, { logRequestId }).catch((error: unknown) => {
    if (error instanceof AppError && (error.code === "NOT_FOUND" || error.code === "VALIDATION")) notFound();
    throw error;
  });
  const queryClient = new QueryClient();
  queryClient.setQueryData(logRequestQuery(logRequestId).queryKey, life);
  if (life.state === "ready" && life.mayReadLog) {
    const { classes, method } = await loadSearch(searchParams);
    await prefetchLog(ctx, { queryClient, logRequestId, filter: { classes, method, text: "" } });
  }
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <LogRequestScreen logRequestId={logRequestId} mayRequest={can(ctx.actor, "diagnostics.request")} />
    </HydrationBoundary>
  );
}

/** The log with its first page; where it cannot be read now, the screen asks again and says why. */
async function prefetchLog(
  ctx: Context,
  options: { queryClient: QueryClient; logRequestId: string; filter: Parameters<typeof logLinesQuery>[1] },
): Promise<void> {
  const { queryClient, logRequestId, filter } = options;
  const reader = await consoleLogReader();
  await Promise.all([
    queryClient.prefetchQuery({
      ...logSummaryQuery(logRequestId),
      queryFn: () => summariseLog(reader)(ctx, { logRequestId }),
    }),
    queryClient.prefetchInfiniteQuery({
      ...logLinesQuery(logRequestId, filter),
      queryFn: () => readLog(reader)(ctx, { ...filter, classes: [...filter.classes], logRequestId }),
    }),
  ]);
}
