import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { NotAllowed } from "@/components/shell/not-allowed";
import { explainedQuery } from "@/lib/api-client/client";
import { clientQuery, sessionsQuery, timelineQuery } from "@/lib/api-client/presence";
import { pageContext } from "@/lib/auth/page-context";
import { AppError } from "@/lib/errors";
import { isClientId } from "@/lib/mqtt/is-client-id";
import { getClient } from "@/lib/presence/get-client";
import { listSessions } from "@/lib/presence/list-sessions";
import { can } from "@/lib/rbac/actor";
import { explainClient } from "@/lib/timeline/explain-client";
import { listTimeline } from "@/lib/timeline/list-timeline";
import { ClientView } from "./client-view";
import { RANGE_MS, sessionsFrom } from "./range";

interface Params {
  params: Promise<{ clientId: string }>;
}

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  return { title: decodeURIComponent((await params).clientId) };
}

export default async function ClientPage({ params }: Params) {
  const ctx = await pageContext();
  if (!can(ctx.actor, "presence.read"))
    return ctx.actor.kind === "operator" ? <NotAllowed role={ctx.actor.role} why="notAllowed" /> : null;
  const clientId = decodeURIComponent((await params).clientId);
  if (!isClientId(clientId)) notFound();
  const openedAt = ctx.now().getTime();
  const from = sessionsFrom(openedAt, RANGE_MS.day);
  const mayReadTimeline = can(ctx.actor, "timeline.read");
  const queryClient = new QueryClient();
  const [client, sessions, timeline, explained] = await Promise.all([
    getClient(ctx, { clientId }).catch(unlessMissing),
    listSessions(ctx, { clientId, from }),
    mayReadTimeline ? listTimeline(ctx, { clientId }) : null,
    mayReadTimeline ? explainClient(ctx, { clientId }) : null,
  ]);
  if (!client) notFound();
  queryClient.setQueryData(clientQuery(clientId).queryKey, client);
  queryClient.setQueryData(sessionsQuery(clientId, { from }).queryKey, sessions);
  if (timeline)
    queryClient.setQueryData(timelineQuery(clientId, null).queryKey, { pages: [timeline], pageParams: [""] });
  if (explained) queryClient.setQueryData(explainedQuery(clientId).queryKey, explained);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ClientView
        clientId={clientId}
        openedAt={openedAt}
        may={{
          verify: can(ctx.actor, "presence.verify"),
          timeline: mayReadTimeline,
          note: can(ctx.actor, "timeline.note"),
          disconnect: can(ctx.actor, "access.disconnect"),
          release: can(ctx.actor, "access.release"),
          refusedTopics: can(ctx.actor, "publish.read"),
          block: can(ctx.actor, "access.manage"),
          people: can(ctx.actor, "people.write"),
          requestLogs: can(ctx.actor, "diagnostics.request"),
          publish: can(ctx.actor, "publish.send"),
        }}
      />
    </HydrationBoundary>
  );
}

function unlessMissing(error: unknown): null {
  if (error instanceof AppError && error.code === "NOT_FOUND") return null;
  throw error;
}
