"use client";
import { useQuery } from "@tanstack/react-query";
import { useTimeZone } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect, type ReactNode } from "react";
import type { ConsolePage } from "@/components/shell/pages";
import { Shell } from "@/components/shell/shell";
import type { ShellOperator } from "@/components/shell/shell-operator";
import { tellTimeZone, type Theme } from "@/components/shell/viewer-choices";
import { alertsQuery } from "@/lib/api-client/alerts";
import { useLive } from "@/lib/api-client/live";
import { findClients } from "@/lib/api-client/presence-search";
import { signOut } from "@/lib/api-client/session";

/** The shell with what it needs from the browser side: the live stream, the search, the way out. */
export function ConsoleShell({
  operator,
  pages,
  theme,
  practice,
  maySearch,
  children,
}: {
  operator: ShellOperator;
  pages: readonly ConsolePage[];
  theme: Theme;
  practice: boolean;
  maySearch: boolean;
  children: ReactNode;
}) {
  const router = useRouter();
  const timeZone = useTimeZone();
  const live = useLive();
  const mayReadAlerts = pages.some((page) => page.word === "alerts");
  const alerts = useQuery({ ...alertsQuery("open"), enabled: mayReadAlerts });
  useEffect(() => {
    if (tellTimeZone(timeZone ?? "")) router.refresh();
  }, [router, timeZone]);
  return (
    <Shell
      operator={operator}
      pages={pages}
      openAlerts={alerts.data?.counts.open ?? 0}
      theme={theme}
      practice={practice}
      live={live}
      findClients={maySearch ? findClients : null}
      onSignOut={() => void signOut()}
    >
      {children}
    </Shell>
  );
}
