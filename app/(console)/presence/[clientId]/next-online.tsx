"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Icon } from "@/components/ui/icon";
import { useFormat } from "@/components/ui/use-format";
import { nextOnlineQuery } from "@/lib/api-client/client";
import type { NextOnline } from "@/lib/presence/schemas";

/** When it will be back, by its own habit, beside the answer; nothing where its habit does not tell, which the panel says. */
export function NextOnlineProof({ clientId }: { clientId: string }) {
  const format = useFormat();
  const words = useNextWords();
  const { data } = useQuery(nextOnlineQuery(clientId, format.timeZone));
  const said = data?.next.status === "estimated" ? words(data.next) : null;
  return said ? (
    <span className="proof">
      <Icon name="clock" size={14} />
      <span>{said}</span>
    </span>
  ) : null;
}

/** An estimate in words, or why there is none; nothing of a client that is online. */
export function useNextWords(): (next: NextOnline) => string | null {
  const t = useTranslations("client.next");
  const format = useFormat();
  return (next) => {
    switch (next.status) {
      case "online":
        return null;
      case "too_little":
        return t("tooLittle", { days: next.days });
      case "no_pattern":
        return t("noPattern", { cameBack: next.cameBack, days: next.days });
      case "estimated":
        return t("estimated", {
          usually: format.clock(next.usually, "minute"),
          from: format.clock(next.from, "minute"),
          to: format.clock(next.to, "minute"),
          within: next.within,
          days: next.days,
        });
    }
  };
}
