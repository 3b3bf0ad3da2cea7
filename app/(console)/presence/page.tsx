import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { searchClientsQuery } from "@/lib/api-client/presence";
import { pageContext } from "@/lib/auth/page-context";
import { PRESENCE_STATES } from "@/lib/events/schemas";
import { searchClients } from "@/lib/presence/search-clients";
import { can } from "@/lib/rbac/actor";
import { PresenceSearch } from "./presence-search";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("presence");
  return { title: t("title") };
}

export default async function PresencePage({ searchParams }: { searchParams: Promise<{ state?: string }> }) {
  const ctx = await pageContext();
  if (!can(ctx.actor, "presence.read"))
    return ctx.actor.kind === "operator" ? <NotAllowed role={ctx.actor.role} why="notAllowed" /> : null;
  const asked = (await searchParams).state?.split(",") ?? [];
  const states = PRESENCE_STATES.filter((state) => asked.includes(state));
  const queryClient = new QueryClient();
  // The text never travels in the URL, so a page begins with the newest clients.
  await queryClient.prefetchInfiniteQuery({
    ...searchClientsQuery({ text: "", states }),
    queryFn: () => searchClients(ctx, { text: "", states }),
  });
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <PresenceSearch />
    </HydrationBoundary>
  );
}
