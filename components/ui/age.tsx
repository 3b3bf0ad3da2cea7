"use client";
import { useNow } from "./clock";
import { useFormat } from "./use-format";

type Instant = Date | string | number;

/** How long ago an instant was, ticking; the exact local time and UTC on hover. `plain` leaves the dotted underline out. */
export function Age({ at, plain }: { at: Instant; plain?: boolean }) {
  const now = useNow();
  const format = useFormat();
  const instant = new Date(at);
  return (
    <time className={plain ? undefined : "age"} dateTime={instant.toISOString()} title={format.exact(instant)}>
      {format.age(now - instant.getTime())}
    </time>
  );
}

/** How long something has lasted since an instant, ticking: "6 h 12 min". */
export function Since({ at }: { at: Instant }) {
  const now = useNow();
  const format = useFormat();
  const instant = new Date(at);
  return (
    <time dateTime={instant.toISOString()} title={format.exact(instant)}>
      {format.duration(wholeSeconds(now - instant.getTime()))}
    </time>
  );
}

// Under a second there is nothing to tell, and milliseconds would flicker.
const wholeSeconds = (ms: number): number => Math.max(0, ms - (ms % 1_000));

/** How far ahead an instant is, ticking: "in 6 d 23 h". */
export function Until({ at }: { at: Instant }) {
  const now = useNow();
  const format = useFormat();
  const instant = new Date(at);
  return (
    <time className="age" dateTime={instant.toISOString()} title={format.exact(instant)}>
      {format.until(instant.getTime() - now)}
    </time>
  );
}

/** An instant as a time of day, with its day, zone and UTC on hover. */
export function ClockTime({ at, precision }: { at: Instant; precision?: "second" | "minute" | "millisecond" }) {
  const format = useFormat();
  const instant = new Date(at);
  return (
    <time dateTime={instant.toISOString()} title={format.exact(instant)}>
      {format.clock(instant, precision)}
    </time>
  );
}
