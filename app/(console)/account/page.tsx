import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { accountQuery } from "@/lib/api-client/operators";
import { pageContext } from "@/lib/auth/page-context";
import { consoleEnv, sessionLimits } from "@/lib/http/console-env";
import { getOwnAccount } from "@/lib/operators/get-account";
import { AccountScreen } from "./account-screen";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("account"))("title") };
}

/** Whoever is signed in sees their own. */
export default async function AccountPage() {
  const ctx = await pageContext();
  const limits = sessionLimits(consoleEnv());
  const queryClient = new QueryClient();
  await queryClient.prefetchQuery({ ...accountQuery(), queryFn: () => getOwnAccount(limits)(ctx, {}) });
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <AccountScreen {...limits} mustEnrol={ctx.actor.kind === "operator" && ctx.actor.mustEnrol} />
    </HydrationBoundary>
  );
}
