"use client";
import { useQuery } from "@tanstack/react-query";
import { useTimeZone } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect, type ReactNode } from "react";
import type { ConsolePage } from "@/components/shell/pages";
import type { FindClients } from "@/components/shell/palette";
import { Shell } from "@/components/shell/shell";
import type { ShellOperator } from "@/components/shell/shell-operator";
import { tellTimeZone, type Theme } from "@/components/shell/viewer-choices";
import { alertCountQuery } from "@/lib/api-client/alerts";
import type { AlertCounts } from "@/lib/alerts/schemas";
import { useLive } from "@/lib/api-client/live";
import { signOut } from "@/lib/api-client/session";
import { UnmaskButton, UnmaskedNote, type PeopleShown } from "./people-shown";

// Nobody searches before the first sight.
const findClients: FindClients = async (...asked) =>
  (await import("@/lib/api-client/presence-search")).findClients(...asked);

/** The shell with what it needs from the browser side: the live stream, the search, the way out. */
export function ConsoleShell({
  operator,
  pages,
  theme,
  practice,
  maySearch,
  alertCounts,
  people,
  children,
}: {
  operator: ShellOperator;
  pages: readonly ConsolePage[];
  theme: Theme;
  practice: boolean;
  maySearch: boolean;
  /** Null for who may not see alerts. */
  alertCounts: AlertCounts | null;
  /** Null for who sees no people at all. */
  people: PeopleShown | null;
  children: ReactNode;
}) {
  const router = useRouter();
  const timeZone = useTimeZone();
  const live = useLive();
  const alerts = useQuery({
    ...alertCountQuery(),
    enabled: alertCounts !== null,
    ...(alertCounts ? { initialData: alertCounts } : {}),
  });
  useEffect(() => {
    if (tellTimeZone(timeZone ?? "")) router.refresh();
  }, [router, timeZone]);
  return (
    <Shell
      operator={operator}
      pages={pages}
      openAlerts={alerts.data?.open ?? 0}
      theme={theme}
      practice={practice}
      live={live}
      findClients={maySearch ? findClients : null}
      onSignOut={() => void signOut()}
      notice={people?.unmasking ? <UnmaskedNote unmasking={people.unmasking} /> : null}
      tools={people ? <UnmaskButton people={people} /> : null}
    >
      {children}
    </Shell>
  );
}
