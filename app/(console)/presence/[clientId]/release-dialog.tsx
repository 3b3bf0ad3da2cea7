"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { releaseClient } from "@/lib/api-client/client";
import { refetchClient } from "@/lib/api-client/presence";
import type { ClientDetail } from "@/lib/presence/schemas";
import { WhatWillHappen } from "./what-will-happen";

const SHORTEST_REASON = 3;

/** Makes the device nobody's, for a phone that changes hands: says first what goes with it, then what came of it. */
export default function ReleaseDialog({ client, onClose }: { client: ClientDetail; onClose: () => void }) {
  const t = useTranslations("client.release");
  const disconnectWords = useTranslations("client.disconnect");
  const words = useTranslations("components");
  const queryClient = useQueryClient();
  const [reason, setReason] = useState("");
  const release = useMutation({
    mutationFn: () => releaseClient(client.clientId, reason),
    onSettled: () => refetchClient(queryClient, client.clientId),
  });
  const { data } = release;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("title")}
      lead={t("lead")}
      footer={
        data ? (
          <Button kind="primary" onClick={onClose}>
            {words("close")}
          </Button>
        ) : (
          <DialogActions onCancel={onClose}>
            <Button
              kind="danger-fill"
              busy={release.isPending}
              disabled={reason.trim().length < SHORTEST_REASON}
              onClick={() => release.mutate()}
            >
              {t("do")}
            </Button>
          </DialogActions>
        )
      }
    >
      <div className="stack">
        {data ? (
          <Notice kind={data.outcome === "released" ? "plain" : "unknown"} title={t(`outcome.${data.outcome}`)} />
        ) : (
          <>
            <WhatWillHappen client={client} ends returns={false} />
            <TextInput
              label={disconnectWords("reason")}
              help={disconnectWords("reasonHelp")}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              maxLength={300}
            />
          </>
        )}
        <Failure title={t("failed")} error={release.error} />
      </div>
    </Dialog>
  );
}
