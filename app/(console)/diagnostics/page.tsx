import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { boardQuery, bulksQuery } from "@/lib/api-client/diagnostics";
import { pageContext } from "@/lib/auth/page-context";
import { listBulks } from "@/lib/diagnostics/bulk/read-bulks";
import { getLogBoard } from "@/lib/diagnostics/get-log-board";
import { can } from "@/lib/rbac/actor";
import { BoardScreen } from "./board-screen";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("diagnostics"))("title") };
}

export default async function DiagnosticsPage() {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "diagnostics.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const queryClient = new QueryClient();
  const [board, bulks] = await Promise.all([getLogBoard(ctx, {}), listBulks(ctx, {})]);
  queryClient.setQueryData(boardQuery().queryKey, board);
  queryClient.setQueryData(bulksQuery().queryKey, bulks);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <BoardScreen mayRequest={can(ctx.actor, "diagnostics.request")} />
    </HydrationBoundary>
  );
}
