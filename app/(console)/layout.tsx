import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { NotAllowed } from "@/components/shell/not-allowed";
import { pagesFor } from "@/components/shell/pages";
import { VIEWER_COOKIES } from "@/i18n/locales";
import { countAlerts } from "@/lib/alerts/count-alerts";
import { pageContext } from "@/lib/auth/page-context";
import { consoleEnv } from "@/lib/http/console-env";
import { can, type Actor } from "@/lib/rbac/actor";
import { ConsoleShell } from "./console-shell";
import type { PeopleShown } from "./people-shown";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await pageContext();
  const { actor } = ctx;
  if (actor.kind !== "operator") throw new Error("A page of the console is for operators");
  const pages = pagesFor(actor.permissions);
  const theme = (await cookies()).get(VIEWER_COOKIES.theme)?.value;
  return (
    <ConsoleShell
      operator={{ name: actor.name, role: actor.role }}
      pages={pages}
      theme={theme === "light" || theme === "dark" ? theme : "system"}
      practice={consoleEnv().PRACTICE_FLEET}
      alertCounts={can(actor, "alerts.read") ? await countAlerts(ctx, {}) : null}
      maySearch={can(actor, "presence.read")}
      people={can(actor, "presence.read") ? peopleShownTo(actor) : null}
    >
      {pages.length === 0 && !actor.mustEnrol ? <NotAllowed role={actor.role} why="noPages" /> : children}
    </ConsoleShell>
  );
}

const peopleShownTo = (actor: Extract<Actor, { kind: "operator" }>): PeopleShown => ({
  unmasking: actor.unmasking && { kind: actor.unmasking.kind, endsAt: actor.unmasking.endsAt.toISOString() },
  mayUnmask: can(actor, "people.unmask"),
  unmaskMinutes: consoleEnv().UNMASK_MINUTES,
});
