"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/clock";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { SelectField } from "@/components/ui/select";
import { blockClient, disconnectClient } from "@/lib/api-client/client";
import { refetchClient } from "@/lib/api-client/presence";
import type { ClientDetail } from "@/lib/presence/schemas";
import { WhatWillHappen } from "./what-will-happen";

const SHORTEST_REASON = 3;
const HOUR_MS = 3_600_000;
const ENDS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, never: null } as const;
type End = keyof typeof ENDS;
const END_NAMES = ["hour", "day", "week", "never"] as const satisfies readonly End[];

/** Keeps the client out and ends its connection: says first what will happen. */
export default function BlockDialog({ client, onClose }: { client: ClientDetail; onClose: () => void }) {
  const t = useTranslations("client.block");
  const queryClient = useQueryClient();
  const now = useNow();
  const [reason, setReason] = useState("");
  const [end, setEnd] = useState<End>("day");
  const { clientId } = client;
  const block = useMutation({
    mutationFn: async () => {
      const lengthMs = ENDS[end];
      await blockClient(clientId, { reason, until: lengthMs === null ? null : new Date(now + lengthMs).toISOString() });
      // Only then, or it would be back before the gateways heard of the block.
      return disconnectClient(clientId, { reason, session: "keep", because: "blocked" });
    },
    onSettled: () => refetchClient(queryClient, clientId),
    onSuccess: ({ outcome }) => (outcome === "offline" || outcome === "was_offline" ? onClose() : undefined),
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("title")}
      lead={t("lead")}
      footer={
        <DialogActions onCancel={onClose}>
          <Button
            kind="danger-fill"
            busy={block.isPending}
            disabled={reason.trim().length < SHORTEST_REASON}
            onClick={() => block.mutate()}
          >
            {t("do")}
          </Button>
        </DialogActions>
      }
    >
      <div className="stack">
        <WhatWillHappen client={client} ends={false} returns={false} />
        <SelectField
          label={t("until")}
          value={end}
          options={END_NAMES.map((value) => ({ value, label: t(`ends.${value}`) }))}
          onChange={setEnd}
        />
        <TextInput
          label={t("reason")}
          help={t("reasonHelp")}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={300}
        />
        {block.data ? <Notice kind="unknown" title={t("stillThere")} /> : null}
        <Failure title={t("failed")} error={block.error} />
      </div>
    </Dialog>
  );
}
