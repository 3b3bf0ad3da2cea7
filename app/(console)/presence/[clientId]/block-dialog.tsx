"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useNow } from "@/components/ui/clock";
import { Notice } from "@/components/ui/notice";
import { blockClient, disconnectClient } from "@/lib/api-client/client";
import { refetchClient } from "@/lib/api-client/presence";
import type { ClientDetail } from "@/lib/presence/schemas";
import { BlockEndField, untilOf, type BlockEnd } from "../../block-end";
import { ActDialog } from "./act-dialog";
import { WhatWillHappen } from "./what-will-happen";

/** Keeps the client out and ends its connection: says first what will happen. */
export default function BlockDialog({ client, onClose }: { client: ClientDetail; onClose: () => void }) {
  const t = useTranslations("client.block");
  const queryClient = useQueryClient();
  const now = useNow();
  const [end, setEnd] = useState<BlockEnd>("day");
  const { clientId } = client;
  const block = useMutation({
    mutationFn: async (reason: string) => {
      await blockClient(clientId, { reason, until: untilOf(end, now) });
      // Only then, or it would be back before the gateways heard of the block.
      return disconnectClient(clientId, { reason, session: "keep", because: "blocked" });
    },
    onSettled: () => refetchClient(queryClient, clientId),
    onSuccess: ({ outcome }) => (outcome === "offline" || outcome === "was_offline" ? onClose() : undefined),
  });
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
      act={block}
      note={block.data ? <Notice kind="unknown" title={t("stillThere")} /> : null}
      onClose={onClose}
    >
      <WhatWillHappen client={client} ends={false} returns={false} />
      <BlockEndField end={end} onChange={setEnd} />
    </ActDialog>
  );
}
