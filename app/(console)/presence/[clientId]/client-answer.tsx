"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Since } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { Icon } from "@/components/ui/icon";
import { Proof } from "@/components/ui/proof";
import type { ClientDetail, PresenceFacts, Refusal } from "@/lib/presence/schemas";
import { NeverSentence, RefusedSentence, SinceWords, StateSentence } from "../state-sentence";
import { NextOnlineProof } from "./next-online";
import { useReason } from "./use-reason";

/** The sentence of a client and what vouches for it. */
export function ClientAnswer({ client, actions }: { client: ClientDetail; actions?: ReactNode }) {
  const isAway = client.presence?.state === "offline_queued" || client.presence?.state === "offline_gone";
  const { firstName } = client.person;
  const { presence } = client;
  return presence ? (
    <Answer
      status={presence.state}
      proofs={
        <>
          <Proofs presence={presence} />
          {isAway ? <NextOnlineProof clientId={client.clientId} /> : null}
        </>
      }
      actions={actions}
    >
      <StateSentence firstName={firstName} presence={presence} />
    </Answer>
  ) : (
    <Answer status="unknown" actions={actions}>
      <NeverSentence firstName={firstName} lastSignInAt={client.lastSignInAt} />
    </Answer>
  );
}

function Proofs({ presence }: { presence: PresenceFacts }) {
  const t = useTranslations("presence.proofs");
  const why = useTranslations("client.ended");
  return (
    <>
      {/* A hook vouches for as long as its node answers, so it does not go stale by itself. */}
      <Proof at={presence.proofAt} promiseMs={Number.POSITIVE_INFINITY}>
        {t(presence.proofKind)}
      </Proof>
      {presence.doubtedSince ? (
        <span className="proof">
          <Icon name="again" size={14} />
          <span>
            {t("doubt")} <Since at={presence.doubtedSince} />
          </span>
        </span>
      ) : null}
      <span className="proof">
        <Icon name="clock" size={14} />
        <span>
          <SinceWords state={presence.state} since={presence.since} />
          {presence.reason ? `, ${why(presence.reason, { by: why("somebody") })}` : null}
        </span>
      </span>
      {presence.state === "online" || presence.state === "unknown" ? (
        <span className="proof">
          <Icon name="cluster" size={14} />
          <span>
            {t(`node.${presence.nodeState}`, { node: presence.node })} <Since at={presence.nodeStateSince} />
          </span>
        </span>
      ) : null}
    </>
  );
}

/** The sentence of a client identifier that never got in. */
export function RefusedAnswer({ clientId, refusal }: { clientId: string; refusal: Refusal }) {
  const reason = useReason();
  return (
    <Answer status="offline_gone">
      <RefusedSentence clientId={clientId} at={refusal.at} reason={reason(refusal.reason)} />
    </Answer>
  );
}
