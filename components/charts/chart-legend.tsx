import type { ReactNode } from "react";
import type { ChartRow, Series } from "./lines";

/** Names, tones and the values at the cursor; with `onPick`, each name chooses its line. */
export function ChartLegend({
  series,
  shown,
  read,
  rest,
  clock,
  picked,
  onPick,
}: {
  series: readonly Series[];
  shown: ChartRow | undefined;
  read: (value: number) => string;
  rest?: ReactNode;
  /** Time at the cursor; null when it is at none. */
  clock: string | null;
  picked: string | null;
  onPick?: (key: string) => void;
}) {
  return (
    <div className="row wrap legend">
      {series.map((one) => {
        const content = (
          <>
            <svg viewBox="0 0 16 8" aria-hidden="true">
              <path d="M0 4h16" stroke={one.tone.color} strokeWidth="2" strokeDasharray={one.tone.dash} />
            </svg>
            {one.name}
            <b className="b">{readValue(shown?.values[one.key], read)}</b>
            {one.before === undefined ? null : (
              <span className="t3">({readValue(shown?.values[one.before], read)})</span>
            )}
          </>
        );
        return onPick ? (
          <button
            type="button"
            className="key"
            key={one.key}
            aria-pressed={one.key === picked}
            onClick={() => onPick(one.key)}
          >
            {content}
          </button>
        ) : (
          <span className="key" key={one.key}>
            {content}
          </span>
        );
      })}
      {rest ? <span className="key t3">{rest}</span> : null}
      {clock === null ? null : <span className="key sp">{clock}</span>}
    </div>
  );
}

/** A value as it reads, or a dash where it is not known. */
export const readValue = (value: number | null | undefined, read: (value: number) => string): string =>
  typeof value === "number" ? read(value) : "—";
