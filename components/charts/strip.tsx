"use client";
import { useTranslations } from "next-intl";
import type { PresenceState } from "@/lib/events/schemas";
import { Icon, type IconName } from "../ui/icon";
import { useStatusWord } from "../ui/status-mark";
import { useFormat } from "../ui/use-format";
import { timeTicks, zoneOffsetMs } from "./scale";
import styles from "./strip.module.css";

export interface StripPart {
  state: PresenceState;
  from: number;
  to: number;
}

export interface StripEvent {
  at: number;
  icon: IconName;
  label: string;
}

const LEGEND = ["online", "offline_queued", "unknown"] as const;
const NAMED_GAP_MS = 15 * 60_000;
// A length is written where its gap is at least this share of the strip, or the next would cover it.
const NAMED_GAP_SHARE = 0.025;

/** A client's sessions and gaps over a stretch of time: solid online, outlined queued, hatched unknown, dashed gone. */
export function Strip({
  label,
  parts,
  events,
  from,
  to,
}: {
  label: string;
  /** In order, not overlapping; what no part covers is drawn as gone. */
  parts: readonly StripPart[];
  events?: readonly StripEvent[];
  from: number;
  to: number;
}) {
  const t = useTranslations("components.strip");
  const word = useStatusWord();
  const format = useFormat();
  const share = (ms: number) => ms / (to - from);
  const across = (at: number) => `${Math.min(1, Math.max(0, share(at - from))) * 100}%`;
  const ticks = timeTicks(from, to, zoneOffsetMs(format.timeZone, from)).filter(
    (at) => share(at - from) > 0.09 && share(to - at) > 0.07,
  );
  return (
    <figure aria-label={label}>
      <div className={styles.lane}>
        <div className={styles.base} />
        {parts.map((part) => {
          const [start, end] = [Math.max(from, part.from), Math.min(to, part.to)];
          const length = end - start;
          const named = part.state !== "online" && length >= NAMED_GAP_MS && share(length) >= NAMED_GAP_SHARE;
          return (
            <span key={part.from}>
              <i
                className={`${styles.part} ${styles[part.state]}`}
                style={{ left: across(start), width: `calc(${share(length) * 100}% - 1px)` }}
                title={`${word(part.state)}, ${format.duration(part.to - part.from)}, ${format.exact(part.from)}`}
              />
              {named ? (
                <span className={styles.length} style={{ left: across((start + end) / 2) }}>
                  {format.duration(length)}
                </span>
              ) : null}
            </span>
          );
        })}
      </div>
      <div className={styles.events}>
        {events
          ?.filter((event) => event.at >= from && event.at <= to)
          .map((event) => (
            <span key={`${event.at}${event.icon}`} style={{ left: across(event.at) }} title={event.label}>
              <Icon name={event.icon} size={12} />
            </span>
          ))}
      </div>
      <div className={styles.axis}>
        <span className={styles.first} style={{ left: 0 }}>
          {format.clock(from, "minute")}
        </span>
        {ticks.map((at) => (
          <span
            key={at}
            className={share(at - from) < 0.2 || share(to - at) < 0.2 ? styles.edge : undefined}
            style={{ left: across(at) }}
          >
            {to - from > 172_800_000 ? format.shortDay(at) : format.clock(at, "minute")}
          </span>
        ))}
        <span className={styles.last} style={{ left: "100%" }}>
          {t("now")}
        </span>
      </div>
      <figcaption className={styles.legend}>
        {LEGEND.map((state) => (
          <span key={state}>
            <i className={`${styles.part} ${styles[state]}`} />
            {t(state)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
