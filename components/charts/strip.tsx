"use client";
import { useTranslations } from "next-intl";
import { useRef, useState, type PointerEvent } from "react";
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

/** A long stretch in equal columns: shares of their time, drawn as heights. `from` is an ISO instant. */
export interface StripColumns {
  from: string;
  columnMs: number;
  columns: readonly { online: number; queued: number }[];
}

const LEGEND = ["online", "offline_queued", "unknown"] as const;
const NAMED_GAP_MS = 15 * 60_000;
// A length is written where its gap is at least this share of the strip, or the next would cover it.
const NAMED_GAP_SHARE = 0.025;
// Events nearer than an icon's width stand under one icon.
const EVENT_SHARE = 0.018;
// Days, not hours, name a longer stretch.
const LONG_MS = 172_800_000;
// Shorter drawing is a click.
const LEAST_DRAWN_SHARE = 0.01;

/**
 * A client's sessions and gaps over a stretch of time: solid online, outlined queued, hatched unknown, dashed gone. Drawing over it
 * chooses a part, for those who point; whoever does not needs other controls beside it.
 */
export function Strip({
  label,
  parts,
  columns,
  events,
  incidents,
  from,
  to,
  isNow = true,
  onSelect,
}: {
  label: string;
  /** In order, not overlapping; what neither part nor column covers is drawn as gone. */
  parts: readonly StripPart[];
  columns?: StripColumns | null;
  events?: readonly StripEvent[];
  /** Red lines with a name. */
  incidents?: readonly { at: number; label: string }[];
  from: number;
  to: number;
  /** The stretch ends now. */
  isNow?: boolean;
  onSelect?: (from: number, to: number) => void;
}) {
  const t = useTranslations("components.strip");
  const word = useStatusWord();
  const format = useFormat();
  const share = (ms: number) => ms / (to - from);
  const across = (at: number) => `${Math.min(1, Math.max(0, share(at - from))) * 100}%`;
  const inside = ({ at }: { at: number }) => at >= from && at <= to;
  const ticks = timeTicks(from, to, zoneOffsetMs(format.timeZone, from)).filter(
    (at) => share(at - from) > 0.09 && share(to - at) > 0.07,
  );
  const { drawing, ...pointer } = useDrawing((start, end) =>
    onSelect?.(from + start * (to - from), from + end * (to - from)),
  );
  return (
    <figure aria-label={label}>
      <div className={onSelect ? `${styles.lane} ${styles.drawable}` : styles.lane} {...(onSelect ? pointer : {})}>
        <div className={styles.base} />
        {columns ? <Columns {...columns} share={share} across={across} /> : null}
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
        {incidents?.filter(inside).map((incident, n) => (
          <i key={incident.at} className={styles.incident} style={{ left: across(incident.at) }} title={incident.label}>
            {/* One name: more would cover each other, and the timeline has them all. */}
            {n === 0 ? (
              <span className={share(incident.at - from) > 0.7 ? styles.leftward : undefined}>
                {incident.label} {format.clock(incident.at, "minute")}
              </span>
            ) : null}
          </i>
        ))}
        {drawing ? (
          <i
            className={styles.drawing}
            style={{ left: `${drawing[0] * 100}%`, width: `${(drawing[1] - drawing[0]) * 100}%` }}
          />
        ) : null}
      </div>
      <div className={styles.events}>
        {thinned(events?.filter(inside) ?? [], EVENT_SHARE * (to - from)).map(([event, ...others]) => (
          <span
            key={`${event.at}${event.icon}`}
            style={{ left: across(event.at) }}
            title={[event, ...others].map((each) => each.label).join(", ")}
          >
            <Icon name={event.icon} size={12} />
          </span>
        ))}
      </div>
      <div className={styles.axis}>
        <span className={styles.first} style={{ left: 0 }}>
          {to - from > LONG_MS ? format.shortDay(from) : format.clock(from, "minute")}
        </span>
        {ticks.map((at) => (
          <span
            key={at}
            className={share(at - from) < 0.2 || share(to - at) < 0.2 ? styles.edge : undefined}
            style={{ left: across(at) }}
          >
            {to - from > LONG_MS ? format.shortDay(at) : format.clock(at, "minute")}
          </span>
        ))}
        <span className={styles.last} style={{ left: "100%" }}>
          {isNow ? t("now") : to - from > LONG_MS ? format.shortDay(to) : format.clock(to, "minute")}
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

/** Heights as two shapes however many columns: online from the bottom, queued on top of it. */
function Columns({
  columns,
  from,
  columnMs,
  share,
  across,
}: StripColumns & { share: (ms: number) => number; across: (at: number) => string }) {
  const start = Date.parse(from);
  const bars = (of: (column: StripColumns["columns"][number]) => readonly [number, number]) =>
    columns
      .map((column, n) => {
        const [low, high] = of(column);
        return high > low ? `M${n} ${1 - low}V${1 - high}h1V${1 - low}z` : "";
      })
      .join("");
  return (
    <svg
      className={styles.columns}
      style={{ left: across(start), width: `${share(columnMs * columns.length) * 100}%` }}
      viewBox={`0 0 ${columns.length} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className={styles.queuedShare} d={bars(({ online, queued }) => [online, online + queued])} />
      <path className={styles.onlineShare} d={bars(({ online }) => [0, online])} />
    </svg>
  );
}

/** Events in groups, each of those nearer than `nearMs` to its first; in order of time. */
function thinned(events: readonly StripEvent[], nearMs: number): [StripEvent, ...StripEvent[]][] {
  const groups: [StripEvent, ...StripEvent[]][] = [];
  for (const event of events.toSorted((a, b) => a.at - b.at)) {
    const last = groups.at(-1);
    if (last && event.at - last[0].at < nearMs) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

/** A stretch drawn with a pointer, as shares of the element's width (0 to 1), in order; null while nothing is drawn. */
function useDrawing(onDrawn: (start: number, end: number) => void) {
  const [drawing, setDrawing] = useState<readonly [number, number] | null>(null);
  const begun = useRef<number | null>(null);
  const shareOf = (event: PointerEvent<HTMLElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  return {
    drawing,
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      // A finger scrolls the page; zooming has its buttons.
      if (event.pointerType === "touch" || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      begun.current = shareOf(event);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (begun.current === null) return;
      const here = shareOf(event);
      setDrawing([Math.min(begun.current, here), Math.max(begun.current, here)]);
    },
    onPointerUp: () => {
      begun.current = null;
      setDrawing(null);
      if (drawing && drawing[1] - drawing[0] >= LEAST_DRAWN_SHARE) onDrawn(...drawing);
    },
    onPointerCancel: () => {
      begun.current = null;
      setDrawing(null);
    },
  };
}
