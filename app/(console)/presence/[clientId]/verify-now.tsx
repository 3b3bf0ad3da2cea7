"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { refetchClient, verifyClient } from "@/lib/api-client/presence";

/** Asks the broker about this client, and says beside the button what came of it. */
export function VerifyNow({ clientId }: { clientId: string }) {
  const t = useTranslations("presence.verify");
  const format = useFormat();
  const queryClient = useQueryClient();
  const verify = useMutation({
    mutationFn: () => verifyClient(clientId),
    // The proof, the state and the timeline may all have changed; an unanswered question stands in the timeline too.
    onSuccess: () => refetchClient(queryClient, clientId),
  });
  const result = verify.data;
  const isTrouble = verify.isError || result?.outcome === "no_answer";
  return (
    <span className="row">
      <output className="proof">
        {verify.isPending || verify.isIdle ? null : isTrouble ? (
          <StatusMark status="trouble" size={14} />
        ) : (
          <Icon name="check" size={14} />
        )}
        {verify.isError ? <span>{t("failed", { why: verify.error.message })}</span> : null}
        {result ? <span>{t(result.outcome, { duration: format.duration(result.tookMs) })}</span> : null}
      </output>
      <Button kind="primary" icon="again" busy={verify.isPending} onClick={() => verify.mutate()}>
        {t("now")}
      </Button>
    </span>
  );
}
