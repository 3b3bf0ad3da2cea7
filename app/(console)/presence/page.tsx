import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotAllowed } from "@/components/shell/not-allowed";
import { createLoader } from "nuqs/server";
import { countFoundQuery, searchClientsQuery } from "@/lib/api-client/presence-search";
import { pageContext } from "@/lib/auth/page-context";
import { coveringOf } from "@/lib/people/covering";
import { countFound } from "@/lib/presence/count-found";
import { searchClients } from "@/lib/presence/search-clients";
import { can } from "@/lib/rbac/actor";
import { FILTERS_IN_URL, toFilters } from "./filters-in-url";
import { PresenceSearch } from "./presence-search";

const readUrl = createLoader(FILTERS_IN_URL);

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("presence");
  return { title: t("title") };
}

export default async function PresencePage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const ctx = await pageContext();
  if (!can(ctx.actor, "presence.read"))
    return ctx.actor.kind === "operator" ? <NotAllowed role={ctx.actor.role} why="notAllowed" /> : null;
  const filters = toFilters(await readUrl(searchParams));
  const queryClient = new QueryClient();
  // The text never travels in the URL, so a page begins with the newest clients.
  await Promise.all([
    queryClient.prefetchInfiniteQuery({
      ...searchClientsQuery({ text: "", tokenHash: null, filters }),
      queryFn: () => searchClients(ctx, { filters }),
    }),
    queryClient.prefetchQuery({
      ...countFoundQuery({ text: "", tokenHash: null }, "newest"),
      queryFn: () => countFound(ctx, { stage: "newest" }),
    }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <PresenceSearch isWhole={coveringOf(ctx.actor).isWhole} />
    </HydrationBoundary>
  );
}
