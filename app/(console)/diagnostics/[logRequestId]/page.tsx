import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { createLoader, type SearchParams } from "nuqs/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { logRequestQuery } from "@/lib/api-client/diagnostics";
import { logIndexQuery, logPageQuery, logSummaryQuery, type LogFilter } from "@/lib/api-client/logs";
import { pageAsked, pagesOf } from "@/lib/diagnostics/terms";
import { pageContext } from "@/lib/auth/page-context";
import { getLogRequest } from "@/lib/diagnostics/get-log-request";
import { indexLog } from "@/lib/diagnostics/index-log";
import { readLog } from "@/lib/diagnostics/read-log";
import { summariseLog } from "@/lib/diagnostics/summarise-log";
import { AppError } from "@/lib/errors";
import { consoleLogReader } from "@/lib/http/console-log-reader";
import { can } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { filterOf, logSearchParams } from "./log-search";
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
    const filter = filterOf(await loadSearch(searchParams), { text: "", isRegex: false });
    await prefetchLog(ctx, { queryClient, logRequestId, filter });
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
  { queryClient, logRequestId, filter }: { queryClient: QueryClient; logRequestId: string; filter: LogFilter },
): Promise<void> {
  const reader = await consoleLogReader();
  const asked = { ...filter, classes: [...filter.classes], logRequestId };
  const readFirst = async (): Promise<void> => {
    const index = await queryClient.fetchQuery({
      ...logIndexQuery(logRequestId, filter),
      queryFn: () => indexLog(reader)(ctx, asked),
    });
    const [first] = pagesOf(index);
    if (!first) return;
    await queryClient.prefetchQuery({
      ...logPageQuery(logRequestId, filter, first),
      queryFn: () => readLog(reader)(ctx, { ...asked, ...pageAsked(first) }),
    });
  };
  await Promise.all([
    queryClient.prefetchQuery({
      ...logSummaryQuery(logRequestId),
      queryFn: () => summariseLog(reader)(ctx, { logRequestId }),
    }),
    readFirst().catch((error: unknown) => ctx.log.warn({ err: error, logRequestId }, "a log could not be read")),
  ]);
}
