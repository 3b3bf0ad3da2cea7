"use client";
import { useTranslations } from "next-intl";
import { Age, Since } from "@/components/ui/age";
import type { PresenceState } from "@/lib/events/schemas";

/** Whose phone, its state, the proof with its age, and where: in one sentence. */
export function StateSentence({
  firstName,
  presence,
}: {
  firstName: string | null;
  presence: { state: PresenceState; since: string; proofAt: string; node: string };
}) {
  const t = useTranslations("presence.sentence");
  return t.rich(presence.state, {
    named: firstName ? "yes" : "no",
    name: firstName ?? "",
    // In one piece: a hyphen would let it break.
    node: () => <span className="nw">{presence.node}</span>,
    proof: () => <Age at={presence.proofAt} plain />,
    since: () => <Age at={presence.since} plain />,
    lasted: () => <Since at={presence.since} />,
  });
}
