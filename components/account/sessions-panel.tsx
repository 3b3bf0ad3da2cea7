"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { SessionItem } from "@/lib/operators/schemas";
import { Age } from "../ui/age";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/confirm-dialog";
import { EmptyState } from "../ui/empty-state";
import { Failure } from "../ui/failure";
import { Panel } from "../ui/panel";
import { Scroll } from "../ui/scroll";
import { useFormat } from "../ui/use-format";

interface Ending {
  /** The session being ended, "all" for all of them; null while none is. */
  busy: string | null;
  error: Error | null;
  onEnd: (sessionId: string) => void;
  onEndAll: () => void;
}

/** Sign-ins that are or were open, with what ends them. Without `ending` nothing can be ended. */
export function SessionsPanel({
  sessions,
  ending,
  endAll,
}: {
  sessions: readonly SessionItem[];
  ending: Ending | null;
  /** How ending all is called, and how many that are. */
  endAll: { words: string; sessions: number };
}) {
  const t = useTranslations("account.sessions");
  const [isAsking, setIsAsking] = useState(false);
  const others = sessions.filter(({ state, isOwn }) => state === "open" && !isOwn).length;
  if (isAsking && others === 0) setIsAsking(false);
  const ask =
    ending && others > 0 ? (
      <Button size="small" kind="danger" onClick={() => setIsAsking(true)}>
        {endAll.words}
      </Button>
    ) : null;
  return (
    <Panel title={t("title")} sub={t("about")} {...(ask ? { actions: ask } : {})}>
      {sessions.length === 0 ? (
        <EmptyState icon="key" title={t("none")} />
      ) : (
        <Scroll label={t("title")}>
          <table>
            <thead>
              <tr>
                <th>{t("device")}</th>
                <th>{t("from")}</th>
                <th>{t("began")}</th>
                <th>{t("renewed")}</th>
                <th>{t("state")}</th>
                {ending ? (
                  <th>
                    <span className="vh">{t("end")}</span>
                  </th>
                ) : null}
              </tr>
            </thead>
            <tbody>
              {sessions.map((session) => (
                <SessionRow key={session.id} session={session} ending={ending} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <Failure error={ending?.error ?? null} />
      {ending && isAsking ? (
        <ConfirmDialog
          words={{
            title: `${endAll.words}?`,
            lead: t("endAllLead", { count: endAll.sessions }),
            submit: endAll.words,
          }}
          act={{ mutate: ending.onEndAll, isPending: ending.busy === "all", error: ending.error }}
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </Panel>
  );
}

function SessionRow({ session, ending }: { session: SessionItem; ending: Ending | null }) {
  const t = useTranslations("account.sessions");
  const format = useFormat();
  const device = session.device || t("unknownDevice");
  const isOpen = session.state === "open";
  return (
    <tr className={isOpen ? undefined : "t3"}>
      <td>
        {device} {session.isOwn ? <span className="tag">{t("own")}</span> : null}{" "}
        {session.method === "provider" ? <span className="tag line">{t("byProvider")}</span> : null}
      </td>
      <td className="mono">{session.address ?? t("unknownAddress")}</td>
      <td>
        <Age at={session.startedAt} />
      </td>
      <td>
        <Age at={session.renewedAt} />
      </td>
      <td>
        <span title={session.endedAt ? format.exact(session.endedAt) : undefined}>
          {t(`states.${session.state}`, { by: session.endedBy ?? "" })}
        </span>
      </td>
      {ending ? (
        <td className="r">
          {isOpen && !session.isOwn ? (
            <Button
              size="small"
              busy={ending.busy === session.id}
              aria-label={t("endOne", { device })}
              onClick={() => ending.onEnd(session.id)}
            >
              {t("end")}
            </Button>
          ) : null}
        </td>
      ) : null}
    </tr>
  );
}
