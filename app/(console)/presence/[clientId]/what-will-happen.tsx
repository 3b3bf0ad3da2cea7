"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { liveSessionQuery } from "@/lib/api-client/client";
import type { ClientDetail } from "@/lib/presence/schemas";

/** Before a connection is ended: where it is now, and what becomes of its session and of what waits in it, as the broker has it now. */
export function WhatWillHappen({
  client,
  ends,
  returns,
}: {
  client: ClientDetail;
  /** The session goes too. */
  ends: boolean;
  /** Nothing keeps the phone from connecting again. */
  returns: boolean;
}) {
  const t = useTranslations("client.happens");
  const format = useFormat();
  const { data: live } = useQuery(liveSessionQuery(client.clientId));
  const { presence, cleanSession } = client;
  const queued = live?.status === "session" ? live.queuedMessages + (live.waitingAcks ?? 0) : null;
  return (
    <ul className="stack">
      <li className="row">
        <StatusMark status={presence?.state ?? "offline_gone"} size={14} />
        <span>{t(presence?.state ?? "none", { node: presence?.node ?? "" })}</span>
      </li>
      <li>
        {cleanSession
          ? t("clean")
          : ends
            ? queued === null
              ? t("droppedUnknown")
              : t("dropped", { queued, count: format.count(queued) })
            : t("kept")}
      </li>
      {returns ? <li>{t("returns")}</li> : <li>{t("stays")}</li>}
    </ul>
  );
}
