"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Check } from "@/components/ui/check";
import { Notice } from "@/components/ui/notice";
import { disconnectClient } from "@/lib/api-client/client";
import { refetchClient } from "@/lib/api-client/presence";
import type { ClientDetail } from "@/lib/presence/schemas";
import { ActDialog } from "./act-dialog";
import { WhatWillHappen } from "./what-will-happen";

/** Ends the client's connection: says first what will happen, then what came of it. */
export default function DisconnectDialog({ client, onClose }: { client: ClientDetail; onClose: () => void }) {
  const t = useTranslations("client.disconnect");
  const queryClient = useQueryClient();
  const [ends, setEnds] = useState(false);
  const disconnect = useMutation({
    mutationFn: (reason: string) =>
      disconnectClient(client.clientId, { reason, session: ends ? "end" : "keep", because: "disconnected" }),
    onSettled: () => refetchClient(queryClient, client.clientId),
  });
  const { data } = disconnect;
  return (
    <ActDialog
      words={{
        title: t("title"),
        lead: t("lead"),
        reason: t("reason"),
        reasonHelp: t("reasonHelp"),
        submit: t("do"),
        failed: t("failed"),
      }}
      act={disconnect}
      done={
        data ? (
          <Notice kind={data.outcome === "not_confirmed" ? "unknown" : "plain"} title={t(`outcome.${data.outcome}`)} />
        ) : null
      }
      onClose={onClose}
    >
      <WhatWillHappen client={client} ends={ends} returns={client.block === null} />
      {client.cleanSession ? null : (
        <Check checked={ends} onChange={setEnds}>
          {t("ends")}
        </Check>
      )}
    </ActDialog>
  );
}
