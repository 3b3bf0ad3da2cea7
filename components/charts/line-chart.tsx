"use client";
import { useMemo, type ReactNode } from "react";
import { useFormat } from "../ui/use-format";
import { ChartLegend } from "./chart-legend";
import { useCursor } from "./cursor";
import { ChartMarks, type ChartMark } from "./marks";
import { AIR, AXIS, LABELS, PlotLines } from "./plot-lines";
import type { ChartRow, Series, TimeSpan } from "./lines";
import { valueScale } from "./scale";
import { TimeSlider } from "./time-slider";

export interface LineChartProps {
  /** What is drawn, for those who cannot see it. */
  label: string;
  series: readonly Series[];
  rows: readonly ChartRow[];
  /** Bounds of the time axis, ms. */
  from: number;
  to: number;
  /** How a value reads in the legend; a grouped count by default. */
  format?: (value: number) => string;
  /** How a value reads beside the axis, in about seven letters; a number alone by default. */
  axis?: (value: number) => string;
  /** Stretches with no data from somewhere: hatched, never interpolated; grey where nobody was watching at all. */
  gaps?: readonly { from: number; to: number; kind?: "unknown" | "unwatched" }[];
  /** Drawn as lines, named once: incidents red and solid, deploys grey and dashed. */
  marks?: readonly ChartMark[];
  height?: number;
  /** Begins the value axis at nothing. */
  zero?: boolean;
  /** What the quiet lines are, at the end of the legend. */
  rest?: ReactNode;
  /** Makes the legend a choice of one line. */
  onPick?: (key: string) => void;
  picked?: string | null;
  /** Makes a stretch selectable, by dragging or with Shift and the arrow keys. */
  onSpan?: (span: TimeSpan) => void;
  /** A stretch that is selected. */
  span?: TimeSpan | null;
}

/** Lines over time, one theme: gaps stay gaps, values at the cursor stand in the legend. */
export function LineChart(props: LineChartProps) {
  const { label, series, rows, from, to, height = 120, zero = false } = props;
  const format = useFormat();
  const cursor = useCursor();
  const read = props.format ?? ((value: number) => format.count(value, Math.abs(value) < 10 ? 1 : 0));
  const scale = useMemo(() => {
    const keys = series.flatMap((one) => (one.before === undefined ? [one.key] : [one.key, one.before]));
    const known = rows.flatMap((row) => keys.map((key) => row.values[key]));
    return valueScale(
      known.filter((value) => typeof value === "number"),
      { zero },
    );
  }, [rows, series, zero]);
  const shown = rowAt(rows, cursor.at ?? to);
  const across = (at: number) => `${clamp((at - from) / (to - from)) * 100}%`;
  const up = (value: number) => `${(1 - clamp((value - scale.low) / (scale.high - scale.low))) * 100}%`;
  const named = series.filter((one) => !one.quiet);
  return (
    <div>
      <ChartLegend
        series={named}
        shown={shown}
        read={read}
        rest={props.rest}
        clock={cursor.at === null ? null : format.moment(cursor.at, to - from)}
        picked={props.picked ?? null}
        {...(props.onPick ? { onPick: props.onPick } : {})}
      />
      <div className="ch" style={{ height: height + LABELS, paddingLeft: AXIS }}>
        <div style={{ position: "relative", height }}>
          {props.gaps?.map((gap) => (
            <div
              key={`${gap.kind}${gap.from}`}
              className={gap.kind === "unwatched" ? "band gap" : "band unk"}
              style={{
                left: across(gap.from),
                width: `max(2px, ${(clamp((gap.to - gap.from) / (to - from)) * 100).toFixed(3)}%)`,
              }}
            />
          ))}
          <div style={{ position: "absolute", inset: `-${AIR}px 0 -${LABELS}px -${AXIS}px` }}>
            <PlotLines series={series} rows={rows} from={from} to={to} scale={scale} read={props.axis} />
          </div>
          {props.marks ? <ChartMarks marks={props.marks} from={from} to={to} /> : null}
          {cursor.at === null || !shown ? null : (
            <>
              <div className="cur" style={{ left: across(shown.at) }} />
              {named.map((one) => {
                const value = shown.values[one.key];
                return typeof value === "number" ? (
                  <span
                    key={one.key}
                    className="dot"
                    style={{ left: across(shown.at), top: up(value), background: one.tone.color }}
                  />
                ) : null;
              })}
            </>
          )}
          <TimeSlider
            label={label}
            series={named}
            rows={rows}
            shown={shown}
            from={from}
            to={to}
            read={read}
            onPoint={cursor.point}
            span={props.span ?? null}
            {...(props.onSpan ? { onSpan: props.onSpan } : {})}
          />
        </div>
      </div>
    </div>
  );
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share));

/** The row nearest to an instant. Rows are in order of time. */
function rowAt(rows: readonly ChartRow[], at: number): ChartRow | undefined {
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [rows[low - 1], rows[low]];
  if (!before || !after) return after ?? before;
  return at - before.at < after.at - at ? before : after;
}
