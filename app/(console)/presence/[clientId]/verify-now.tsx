"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { pingClient } from "@/lib/api-client/client";
import { refetchClient, verifyClient } from "@/lib/api-client/presence";
import type { PingClientResult } from "@/lib/publish/schemas";
import styles from "./client.module.css";

/**
 * Asks the broker about this client, and says beside the button what came of it. Where the broker says online, the phone itself can
 * be asked next: the broker may not know yet that it is gone.
 */
export function VerifyNow({ clientId }: { clientId: string }) {
  const t = useTranslations("presence.verify");
  const words = useTranslations("client.ping");
  const format = useFormat();
  const queryClient = useQueryClient();
  // The proof, the state and the timeline may all have changed; an unanswered question stands in the timeline too.
  const onSuccess = () => refetchClient(queryClient, clientId);
  const ping = useMutation({ mutationFn: () => pingClient(clientId), onSuccess });
  const verify = useMutation({ mutationFn: () => verifyClient(clientId), onSuccess, onMutate: () => ping.reset() });
  const said = verify.isError
    ? { isTrouble: true, text: t("failed", { why: verify.error.message }) }
    : verify.data
      ? {
          isTrouble: verify.data.outcome === "no_answer",
          text: t(verify.data.outcome, { duration: format.duration(verify.data.tookMs) }),
        }
      : null;
  const heard = ping.isError
    ? { isTrouble: true, text: t("failed", { why: ping.error.message }) }
    : ping.data
      ? { isTrouble: ping.data.outcome === "no_answer", text: pingWords(ping.data, words, format.duration) }
      : null;
  return (
    <span className={styles.verify}>
      <output className="proof">
        <Said said={heard ?? said} />
      </output>
      {verify.data?.state === "online" ? (
        <Button icon="phone" busy={ping.isPending} onClick={() => ping.mutate()}>
          {words("ask")}
        </Button>
      ) : null}
      <Button kind="primary" icon="again" busy={verify.isPending} onClick={() => verify.mutate()}>
        {t("now")}
      </Button>
    </span>
  );
}

function Said({ said }: { said: { isTrouble: boolean; text: string } | null }) {
  if (!said) return null;
  return (
    <>
      {said.isTrouble ? <StatusMark status="trouble" size={14} /> : <Icon name="check" size={14} />}
      <span>{said.text}</span>
    </>
  );
}

// Closer than this the phone's clock is right, as far as one question can tell.
const RIGHT_MS = 1_000;

function pingWords(
  { outcome, roundTripMs, clockAheadMs }: PingClientResult,
  t: ReturnType<typeof useTranslations<"client.ping">>,
  duration: (ms: number) => string,
): string {
  if (outcome === "no_answer" || roundTripMs === null) return t("noAnswer");
  const answered = t("answered", { duration: duration(roundTripMs) });
  const off = clockAheadMs ?? 0;
  if (Math.abs(off) < Math.max(RIGHT_MS, roundTripMs / 2)) return answered;
  return `${answered} ${t(off > 0 ? "ahead" : "behind", { duration: duration(Math.abs(off)) })}`;
}
