"use client";
import { useFormat } from "../ui/use-format";
import { timeTicks, valueScale, zoneOffsetMs } from "./scale";
import styles from "./stacked-bars.module.css";

export interface BarClass {
  key: string;
  name: string;
  /** A colour token, e.g. "var(--c5)". Classes stack in their order, the first at the bottom. */
  color: string;
}

/** Counts by class over time, from nothing up. Buckets are of equal length and in order. */
export function StackedBars({
  label,
  classes,
  buckets,
  from,
  to,
  gaps,
  view,
  onPick,
  height = 96,
}: {
  label: string;
  classes: readonly BarClass[];
  buckets: readonly { at: number; counts: Readonly<Record<string, number>> }[];
  from: number;
  to: number;
  /** Stretches the phone was offline or nothing is known of: hatched. */
  gaps?: readonly { from: number; to: number; kind: "offline" | "unknown" }[];
  /** The part shown elsewhere, underlined. */
  view?: { from: number; to: number };
  /** Called with the start of the bucket pressed. */
  onPick?: (at: number) => void;
  height?: number;
}) {
  const format = useFormat();
  const total = (counts: Readonly<Record<string, number>>) =>
    classes.reduce((sum, one) => sum + (counts[one.key] ?? 0), 0);
  const scale = valueScale(
    buckets.map((bucket) => total(bucket.counts)),
    { zero: true },
  );
  const across = (at: number) => `${Math.min(1, Math.max(0, (at - from) / (to - from))) * 100}%`;
  const describe = (bucket: { at: number; counts: Readonly<Record<string, number>> }) =>
    `${format.clock(bucket.at)}: ${classes.map((one) => `${one.name} ${bucket.counts[one.key] ?? 0}`).join(", ")}`;
  return (
    <figure aria-label={label}>
      <div className="ch" style={{ paddingLeft: 44 }}>
        <div className={styles.plot} style={{ height }}>
          {scale.ticks.map((tick) => (
            <div key={tick} className="gl" style={{ bottom: `${(tick / scale.high) * 100}%` }}>
              <span className="yl">{format.shortCount(tick)}</span>
            </div>
          ))}
          {gaps?.map((gap) => (
            <div
              key={gap.from}
              className={gap.kind === "unknown" ? "band unk" : "band gap"}
              style={{ left: across(gap.from), right: `calc(100% - ${across(gap.to)})` }}
            />
          ))}
          <div className={styles.bars}>
            {buckets.map((bucket) => {
              const parts = classes
                .filter((one) => (bucket.counts[one.key] ?? 0) > 0)
                .map((one) => ({ ...one, share: (bucket.counts[one.key] ?? 0) / scale.high }))
                .toReversed();
              const drawn = parts.map((part, n) => (
                <span
                  key={part.key}
                  className={n === 0 ? `${styles.part} ${styles.capped}` : styles.part}
                  style={{ height: `max(2px, ${part.share * 100}%)`, background: part.color }}
                />
              ));
              return onPick && parts.length > 0 ? (
                <button
                  key={bucket.at}
                  type="button"
                  className={styles.bar}
                  title={describe(bucket)}
                  aria-label={describe(bucket)}
                  onClick={() => onPick(bucket.at)}
                >
                  {drawn}
                </button>
              ) : (
                <span key={bucket.at} className={styles.bar} title={describe(bucket)}>
                  {drawn}
                </span>
              );
            })}
          </div>
          {view ? (
            <div
              className={styles.view}
              style={{ left: across(view.from), right: `calc(100% - ${across(view.to)})` }}
            />
          ) : null}
        </div>
        <div className={styles.axis}>
          {timeTicks(from, to, zoneOffsetMs(format.timeZone, from)).map((at) => (
            <span key={at} className="xl" style={{ left: across(at), top: 4 }}>
              {format.clock(at, "minute")}
            </span>
          ))}
        </div>
      </div>
      <figcaption className="row wrap">
        {classes.map((one) => (
          <span className="key" key={one.key}>
            <svg viewBox="0 0 16 8" aria-hidden="true">
              <rect width="10" height="8" rx="2" fill={one.color} />
            </svg>
            {one.name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
