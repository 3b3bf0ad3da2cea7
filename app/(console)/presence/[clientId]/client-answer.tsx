"use client";
import { useTranslations } from "next-intl";
import { Age, ClockTime, Since } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { Icon } from "@/components/ui/icon";
import { Proof } from "@/components/ui/proof";
import type { ClientDetail, PresenceFacts, Refusal } from "@/lib/presence/schemas";
import { StateSentence } from "../state-sentence";
import { useReason } from "./use-reason";

/** The sentence of a client and what vouches for it. */
export function ClientAnswer({ client }: { client: ClientDetail }) {
  const t = useTranslations("presence");
  const { firstName } = client.person;
  const { presence } = client;
  if (!presence) {
    const sentence = t.rich("sentence.never", {
      named: firstName ? "yes" : "no",
      name: firstName ?? "",
      since: () => <Age at={client.lastSignInAt} plain />,
    });
    return <Answer status="unknown">{sentence}</Answer>;
  }
  return (
    <Answer status={presence.state} proofs={<Proofs presence={presence} />}>
      <StateSentence firstName={firstName} presence={presence} />
    </Answer>
  );
}

function Proofs({ presence }: { presence: PresenceFacts }) {
  const t = useTranslations("presence.proofs");
  const since = t.rich(`since.${presence.state}`, {
    clock: () => <ClockTime at={presence.since} />,
    lasted: () => <Since at={presence.since} />,
  });
  return (
    <>
      {/* A hook vouches for as long as its node answers, so it does not go stale by itself. */}
      <Proof at={presence.proofAt} promiseMs={Number.POSITIVE_INFINITY}>
        {t(presence.proofKind)}
      </Proof>
      <span className="proof">
        <Icon name="clock" size={14} />
        <span>{since}</span>
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
  const t = useTranslations("presence");
  const reason = useReason();
  const sentence = t.rich("sentence.refused", {
    clientId,
    reason: reason(refusal.reason),
    since: () => <Age at={refusal.at} plain />,
  });
  return <Answer status="offline_gone">{sentence}</Answer>;
}
