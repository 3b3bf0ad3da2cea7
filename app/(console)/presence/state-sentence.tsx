"use client";
import { useTranslations } from "next-intl";
import { Age, ClockTime, Since } from "@/components/ui/age";
import type { PresenceState } from "@/lib/events/schemas";
import type { StateDetail } from "@/lib/presence/schemas";

/** Whose phone, its state, the proof with its age, and where: in one sentence. */
export function StateSentence({
  firstName,
  presence,
}: {
  firstName: string | null;
  presence: { state: PresenceState; detail?: StateDetail | null; since: string; proofAt: string; node: string };
}) {
  const t = useTranslations("presence.sentence");
  const { state, detail } = presence;
  return t.rich(detail === "watch_stopped" || detail === "queue_unreachable" ? detail : state, {
    named: firstName ? "yes" : "no",
    name: firstName ?? "",
    // In one piece: a hyphen would let it break.
    node: () => <span className="nw">{presence.node}</span>,
    proof: () => <Age at={presence.proofAt} plain />,
    since: () => <Age at={presence.since} plain />,
    lasted: () => <Since at={presence.since} />,
  });
}

/** Of a client that signed in, but of which no session was seen. */
export function NeverSentence({ firstName, lastSignInAt }: { firstName: string | null; lastSignInAt: string }) {
  const t = useTranslations("presence.sentence");
  return t.rich("never", {
    named: firstName ? "yes" : "no",
    name: firstName ?? "",
    since: () => <Age at={lastSignInAt} plain />,
  });
}

/** Of a client identifier that was only ever refused; `reason` in words. */
export function RefusedSentence({ clientId, at, reason }: { clientId: string; at: string; reason: string }) {
  const t = useTranslations("presence.sentence");
  return t.rich("refused", { clientId, reason, since: () => <Age at={at} plain /> });
}

/** Since when the state holds, by the clock and in length. */
export function SinceWords({ state, since }: { state: PresenceState; since: string }) {
  const t = useTranslations("presence.proofs.since");
  return t.rich(state, { clock: () => <ClockTime at={since} />, lasted: () => <Since at={since} /> });
}
