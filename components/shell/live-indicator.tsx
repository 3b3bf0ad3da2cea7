"use client";
import { useTranslations } from "next-intl";
import type { LiveState } from "@/lib/api-client/event-stream";
import { useNow } from "../ui/clock";
import { StatusMark } from "../ui/status-mark";
import { useFormat } from "../ui/use-format";

/** Whether what is on screen renews itself, and how old it is when it does not. Only the loss is announced. */
export function LiveIndicator({ live }: { live: LiveState }) {
  const t = useTranslations("shell.live");
  const format = useFormat();
  const now = useNow();
  // Whole seconds: milliseconds would flicker.
  const ageOf = (at: number) => format.duration(Math.max(0, Math.floor((now - at) / 1_000) * 1_000));
  switch (live.status) {
    case "connecting":
      return (
        <span className="live">
          <StatusMark status="busy" size={12} />
          <span className="w">{t("connecting")}</span>
        </span>
      );
    case "live":
      return (
        <span className="live" title={format.exact(live.lastMessageAt)}>
          <StatusMark status="online" size={12} />
          <span className="w">{t("live", { age: ageOf(live.lastMessageAt) })}</span>
        </span>
      );
    case "lost":
      return (
        <output className="live off">
          <StatusMark status="unknown" size={12} />
          <span className="w">
            {live.lastMessageAt === null ? t("lostAtOnce") : t("lost", { age: ageOf(live.lastMessageAt) })}
          </span>
        </output>
      );
  }
}
