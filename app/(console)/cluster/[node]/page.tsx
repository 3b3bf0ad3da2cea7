import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { NotAllowed } from "@/components/shell/not-allowed";
import { nodeQuery } from "@/lib/api-client/cluster";
import { pageContext } from "@/lib/auth/page-context";
import { getNode } from "@/lib/cluster/get-node";
import { AppError } from "@/lib/errors";
import { can } from "@/lib/rbac/actor";
import { NodeScreen } from "./node-screen";

interface Params {
  params: Promise<{ node: string }>;
}

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  return { title: decodeURIComponent((await params).node) };
}

export default async function NodePage({ params }: Params) {
  const ctx = await pageContext();
  if (ctx.actor.kind === "operator" && !can(ctx.actor, "cluster.read"))
    return <NotAllowed role={ctx.actor.role} why="notAllowed" />;
  const node = decodeURIComponent((await params).node);
  const detail = await getNode(ctx, { node }).catch((error: unknown) => {
    if (error instanceof AppError && (error.code === "NOT_FOUND" || error.code === "VALIDATION")) notFound();
    throw error;
  });
  const queryClient = new QueryClient();
  queryClient.setQueryData(nodeQuery(node).queryKey, detail);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <NodeScreen
        node={node}
        may={{ mark: can(ctx.actor, "cluster.mark"), seeClients: can(ctx.actor, "presence.read") }}
      />
    </HydrationBoundary>
  );
}
