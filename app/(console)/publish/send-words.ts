import { useTranslations } from "next-intl";
import type { Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { Send } from "@/lib/publish/sends/schemas";

/** Mark of a send's state: what ended without our fault simply ended. */
export const STATUS_OF_SEND: Record<Send["state"], Status> = {
  needs_approval: "unknown",
  running: "busy",
  paused: "offline_queued",
  finished: "online",
  cancelled: "offline_gone",
  declined: "offline_gone",
  lapsed: "offline_gone",
  failed: "trouble",
};

/** Says whom a send is for, in the words it was narrowed by. */
export function useChoiceWords(): (send: Pick<Send, "filters" | "listed">) => string {
  const t = useTranslations("publish.sends");
  const presence = useTranslations("presence");
  const states = useTranslations("components.statusShort");
  const format = useFormat();
  return ({ filters, listed }) => {
    const platformOf = (platform: string): string =>
      platform === "android" || platform === "ios" ? presence(`platform.${platform}`) : platform;
    const words = [
      ...(listed === null ? [] : [t("listed", { listed, shown: format.count(listed) })]),
      filters.states.map((state) => states(state)).join(", "),
      filters.platforms.map(platformOf).join(", "),
      filters.appVersions.join(", "),
      filters.nodes.join(", "),
      filters.seen ? presence(`seen.${filters.seen}`) : "",
      filters.session ? presence(`sessions.${filters.session}`) : "",
      filters.flapping ? presence("filters.flapping") : "",
    ].filter(Boolean);
    return words.length > 0 ? words.join(" · ") : t("everyClient");
  };
}

/** The sentence about a send. */
export function useSendSentence(): (send: Send) => string {
  const t = useTranslations("publish.sends.sentence");
  const format = useFormat();
  return (send) => {
    const { state, done, expected, madeBy, approval } = send;
    const values = { done: format.count(done), expected: format.count(expected), count: expected };
    switch (state) {
      case "needs_approval":
        return send.own ? t("ownWaits", values) : t("waits", { ...values, name: madeBy });
      case "declined":
        return t("declined", { name: approval?.decidedBy ?? "" });
      case "finished":
        return send.failed + send.expired > 0
          ? t("finishedBut", { ...values, missed: format.count(send.failed + send.expired) })
          : t("finished", { ...values, count: done });
      default:
        return t(state, values);
    }
  };
}
