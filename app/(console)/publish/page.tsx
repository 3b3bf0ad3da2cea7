import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { HISTORY_PAGE, historyQuery } from "@/lib/api-client/publish";
import { pageContext } from "@/lib/auth/page-context";
import { topicRoot } from "@/lib/env/topic-root";
import { isClientId } from "@/lib/mqtt/is-client-id";
import { deviceTopics } from "@/lib/mqtt/device-topics";
import { listMessages } from "@/lib/publish/list-messages";
import { can } from "@/lib/rbac/actor";
import { PublishScreen } from "./publish-screen";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("publish"))("title") };
}

/** `?clientId=` begins a message to that client's inbox, `?topic=` to a topic name; `?message=` opens one sent before. */
export default async function PublishPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { actor, ...rest } = await pageContext();
  const ctx = { actor, ...rest };
  if (actor.kind !== "operator" || !can(actor, "publish.read"))
    return actor.kind === "operator" ? <NotAllowed role={actor.role} why="notAllowed" /> : null;
  const { clientId, topic } = await searchParams;
  const root = topicRoot();
  const inbox = typeof clientId === "string" && isClientId(clientId) ? deviceTopics(clientId, root).inbox : null;
  const queryClient = new QueryClient();
  const firstPage = await listMessages(ctx, { limit: HISTORY_PAGE });
  queryClient.setQueryData(historyQuery().queryKey, { pages: [firstPage], pageParams: [null] });
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <PublishScreen
        startTopicName={inbox ?? (typeof topic === "string" ? topic : "")}
        topicRoot={root}
        mayTail={can(actor, "publish.tail")}
        readOnlyRole={can(actor, "publish.send") ? null : actor.role}
      />
    </HydrationBoundary>
  );
}
