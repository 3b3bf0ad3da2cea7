"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Notice } from "@/components/ui/notice";
import { releaseClient } from "@/lib/api-client/client";
import { refetchClient } from "@/lib/api-client/presence";
import type { ClientDetail } from "@/lib/presence/schemas";
import { ActDialog } from "./act-dialog";
import { WhatWillHappen } from "./what-will-happen";

/** Makes the device nobody's, for a phone that changes hands: says first what goes with it, then what came of it. */
export default function ReleaseDialog({ client, onClose }: { client: ClientDetail; onClose: () => void }) {
  const t = useTranslations("client.release");
  const disconnectWords = useTranslations("client.disconnect");
  const queryClient = useQueryClient();
  const release = useMutation({
    mutationFn: (reason: string) => releaseClient(client.clientId, reason),
    onSettled: () => refetchClient(queryClient, client.clientId),
  });
  const { data } = release;
  return (
    <ActDialog
      words={{
        title: t("title"),
        lead: t("lead"),
        reason: disconnectWords("reason"),
        reasonHelp: disconnectWords("reasonHelp"),
        submit: t("do"),
        failed: t("failed"),
      }}
      act={release}
      done={
        data ? (
          <Notice kind={data.outcome === "released" ? "plain" : "unknown"} title={t(`outcome.${data.outcome}`)} />
        ) : null
      }
      onClose={onClose}
    >
      <WhatWillHappen client={client} ends returns={false} />
    </ActDialog>
  );
}
