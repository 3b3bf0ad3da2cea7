"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Check } from "@/components/ui/check";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { disconnectClient } from "@/lib/api-client/client";
import { refetchClient } from "@/lib/api-client/presence";
import type { ClientDetail } from "@/lib/presence/schemas";
import { WhatWillHappen } from "./what-will-happen";

const SHORTEST_REASON = 3;

/** Ends the client's connection: says first what will happen, then what came of it. */
export default function DisconnectDialog({ client, onClose }: { client: ClientDetail; onClose: () => void }) {
  const t = useTranslations("client.disconnect");
  const words = useTranslations("components");
  const queryClient = useQueryClient();
  const [reason, setReason] = useState("");
  const [ends, setEnds] = useState(false);
  const disconnect = useMutation({
    mutationFn: () =>
      disconnectClient(client.clientId, { reason, session: ends ? "end" : "keep", because: "disconnected" }),
    onSettled: () => refetchClient(queryClient, client.clientId),
  });
  const { data } = disconnect;
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
              busy={disconnect.isPending}
              disabled={reason.trim().length < SHORTEST_REASON}
              onClick={() => disconnect.mutate()}
            >
              {t("do")}
            </Button>
          </DialogActions>
        )
      }
    >
      <div className="stack">
        {data ? (
          <Notice kind={data.outcome === "not_confirmed" ? "unknown" : "plain"} title={t(`outcome.${data.outcome}`)} />
        ) : (
          <>
            <WhatWillHappen client={client} ends={ends} returns={client.block === null} />
            {client.cleanSession ? null : (
              <Check checked={ends} onChange={setEnds}>
                {t("ends")}
              </Check>
            )}
            <TextInput
              label={t("reason")}
              help={t("reasonHelp")}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              maxLength={300}
            />
          </>
        )}
        <Failure title={t("failed")} error={disconnect.error} />
      </div>
    </Dialog>
  );
}
