import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { rolesQuery, staffQuery, unmaskingsQuery } from "@/lib/api-client/operators";
import { pageContext } from "@/lib/auth/page-context";
import { consoleEnv, sessionLimits } from "@/lib/http/console-env";
import { listOperators } from "@/lib/operators/list-operators";
import { listUnmaskings } from "@/lib/operators/review-unmaskings";
import { listRoles } from "@/lib/operators/roles";
import { can } from "@/lib/rbac/actor";
import { OperatorsScreen } from "./operators-screen";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("operators"))("title") };
}

export default async function OperatorsPage() {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "operators.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const queryClient = new QueryClient();
  await Promise.all([
    queryClient.prefetchQuery({
      ...staffQuery(),
      queryFn: () => listOperators(sessionLimits(consoleEnv()))(ctx, {}),
    }),
    queryClient.prefetchQuery({ ...rolesQuery(), queryFn: () => listRoles(ctx, {}) }),
    queryClient.prefetchQuery({ ...unmaskingsQuery(), queryFn: () => listUnmaskings(ctx, {}) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <OperatorsScreen selfId={ctx.actor.id} mayManage={can(ctx.actor, "operators.manage")} />
    </HydrationBoundary>
  );
}
