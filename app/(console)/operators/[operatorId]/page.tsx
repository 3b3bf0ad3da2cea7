import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { NotAllowed } from "@/components/shell/not-allowed";
import { operatorQuery, rolesQuery } from "@/lib/api-client/operators";
import { pageContext } from "@/lib/auth/page-context";
import { AppError } from "@/lib/errors";
import { consoleEnv, sessionLimits } from "@/lib/http/console-env";
import { getOperator } from "@/lib/operators/get-account";
import { listRoles } from "@/lib/operators/roles";
import { can } from "@/lib/rbac/actor";
import { OperatorScreen } from "./operator-screen";

interface Params {
  params: Promise<{ operatorId: string }>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("operators"))("title") };
}

export default async function OperatorPage({ params }: Params) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "operators.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const { operatorId } = await params;
  const queryClient = new QueryClient();
  const [account, roles] = await Promise.all([
    getOperator(sessionLimits(consoleEnv()))(ctx, { operatorId }).catch(unlessMissing),
    listRoles(ctx, {}),
  ]);
  if (!account) notFound();
  queryClient.setQueryData(operatorQuery(operatorId).queryKey, account);
  queryClient.setQueryData(rolesQuery().queryKey, roles);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <OperatorScreen
        operatorId={operatorId}
        isSelf={operatorId === ctx.actor.id}
        mayManage={can(ctx.actor, "operators.manage")}
      />
    </HydrationBoundary>
  );
}

function unlessMissing(error: unknown): null {
  if (error instanceof AppError && (error.code === "NOT_FOUND" || error.code === "VALIDATION")) return null;
  throw error;
}
