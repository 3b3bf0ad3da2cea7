"use client";
import { useTranslations } from "next-intl";
import { memo, useMemo, type PointerEvent } from "react";
import { CartesianGrid, Line, LineChart as Recharts, XAxis, YAxis } from "recharts";
import { useFormat } from "../ui/use-format";
import { useCursor } from "./cursor";
import { timeTicks, valueScale, zoneOffsetMs, type ValueScale } from "./scale";
import type { Tone } from "./tones";

export interface Series {
  key: string;
  name: string;
  tone: Tone;
}

/** One instant (ms) and the value of each series at it; null or absent where it is not known, drawn as a gap. */
export interface ChartRow {
  at: number;
  values: Readonly<Record<string, number | null | undefined>>;
}

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
  /** Stretches with no data from somewhere: hatched, never interpolated; grey where nobody was watching at all. */
  gaps?: readonly { from: number; to: number; kind?: "unknown" | "unwatched" }[];
  /** Drawn as lines, named once: incidents red and solid, deploys grey and dashed. */
  marks?: readonly { at: number; kind: "incident" | "deploy"; name?: string }[];
  height?: number;
  /** Begins the value axis at nothing. */
  zero?: boolean;
}

const AXIS = 44;
const LABELS = 20;
// Room above the plot for the upper half of the highest label.
const AIR = 8;

/** Lines over time, one theme: gaps stay gaps, values at the cursor stand in the legend. */
export function LineChart(props: LineChartProps) {
  const { label, series, rows, from, to, height = 120, zero = false } = props;
  const t = useTranslations("components.chart");
  const format = useFormat();
  const cursor = useCursor();
  const read = props.format ?? ((value: number) => format.count(value, Math.abs(value) < 10 ? 1 : 0));
  const scale = useMemo(() => {
    const known = rows.flatMap((row) => series.map((one) => row.values[one.key]));
    return valueScale(
      known.filter((value) => typeof value === "number"),
      { zero },
    );
  }, [rows, series, zero]);
  const shown = rowAt(rows, cursor.at ?? to);
  const across = (at: number) => `${clamp((at - from) / (to - from)) * 100}%`;
  const up = (value: number) => `${(1 - clamp((value - scale.low) / (scale.high - scale.low))) * 100}%`;

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = rowAt(rows, from + clamp((event.clientX - box.left) / box.width) * (to - from));
    cursor.point(row?.at ?? null);
  };
  return (
    <div>
      <div className="row wrap legend">
        {series.map((one) => (
          <span className="key" key={one.key}>
            <svg viewBox="0 0 16 8" aria-hidden="true">
              <path d="M0 4h16" stroke={one.tone.color} strokeWidth="2" strokeDasharray={one.tone.dash} />
            </svg>
            {one.name}
            <b className="b">{readValue(shown?.values[one.key], read)}</b>
          </span>
        ))}
        {cursor.at === null ? null : <span className="key sp">{format.clock(cursor.at)}</span>}
      </div>
      <div className="ch" style={{ height: height + LABELS, paddingLeft: AXIS }}>
        <div style={{ position: "relative", height }}>
          {props.gaps?.map((gap) => (
            <div
              key={gap.from}
              className={gap.kind === "unwatched" ? "band gap" : "band unk"}
              style={{
                left: across(gap.from),
                width: `max(2px, ${(clamp((gap.to - gap.from) / (to - from)) * 100).toFixed(3)}%)`,
              }}
            />
          ))}
          <div style={{ position: "absolute", inset: `-${AIR}px 0 -${LABELS}px -${AXIS}px` }}>
            <Lines series={series} rows={rows} from={from} to={to} scale={scale} />
          </div>
          {props.marks?.map((mark, n) => (
            <div key={`${mark.kind}${mark.at}`}>
              <div className={mark.kind === "incident" ? "vl bad" : "vl"} style={{ left: across(mark.at) }} />
              {mark.name ? (
                <span className="vt" style={beside(across(mark.at), (mark.at - from) / (to - from), n)}>
                  {mark.name}
                </span>
              ) : null}
            </div>
          ))}
          {cursor.at === null || !shown ? null : (
            <>
              <div className="cur" style={{ left: across(shown.at) }} />
              {series.map((one) => {
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
          {/* Time as a slider over the plot: the pointer, a finger and the arrow keys move it alike. */}
          <input
            className="time"
            type="range"
            min={0}
            max={Math.max(0, rows.length - 1)}
            value={shown ? rows.indexOf(shown) : 0}
            aria-label={t("about", { label })}
            aria-valuetext={describe({ shown, series, read, clock: format.clock, none: t("none") })}
            onChange={(event) => cursor.point(rows[event.currentTarget.valueAsNumber]?.at ?? null)}
            onPointerMove={onPointerMove}
            onPointerLeave={() => cursor.point(null)}
            onBlur={() => cursor.point(null)}
          />
        </div>
      </div>
    </div>
  );
}

/** The part recharts draws; kept apart so that moving the cursor does not draw it again. */
const Lines = memo(function Lines({
  series,
  rows,
  from,
  to,
  scale,
}: Pick<LineChartProps, "series" | "rows" | "from" | "to"> & { scale: ValueScale }) {
  const format = useFormat();
  const tick = { fontSize: 11, fill: "var(--text-3)", fontFamily: "var(--sans)" };
  return (
    <Recharts
      responsive
      style={{ width: "100%", height: "100%" }}
      data={rows.map((row) => ({ at: row.at, ...row.values }))}
      margin={{ top: AIR, right: 0, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="at"
        type="number"
        domain={[from, to]}
        allowDataOverflow
        ticks={timeTicks(from, to, zoneOffsetMs(format.timeZone, from))}
        tickFormatter={(at: number) => (to - from > 172_800_000 ? format.shortDay(at) : format.clock(at, "minute"))}
        interval="preserveStartEnd"
        height={LABELS}
        tick={tick}
        tickLine={false}
        axisLine={false}
      />
      <YAxis
        width={AXIS}
        domain={[scale.low, scale.high]}
        ticks={scale.ticks}
        tickFormatter={(value: number) =>
          Math.abs(value) < 10_000 ? format.count(value, 2) : format.shortCount(value)
        }
        tick={tick}
        tickLine={false}
        axisLine={false}
        tickMargin={4}
      />
      {series.map((one) => (
        <Line
          key={one.key}
          dataKey={one.key}
          type="linear"
          stroke={one.tone.color}
          strokeWidth={1.5}
          {...(one.tone.dash ? { strokeDasharray: one.tone.dash } : {})}
          dot={false}
          activeDot={false}
          connectNulls={false}
          isAnimationActive={false}
        />
      ))}
    </Recharts>
  );
});

/** A name stands left of its line, unless it would run into the value labels; every other one a line lower. */
const beside = (x: string, share: number, n: number) => {
  const top = (n % 2) * 14;
  return share < 0.35 ? { left: `calc(${x} + 2px)`, top } : { right: `calc(100% - ${x} + 2px)`, top };
};

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

const readValue = (value: number | null | undefined, read: (value: number) => string): string =>
  typeof value === "number" ? read(value) : "—";

function describe(options: {
  shown: ChartRow | undefined;
  series: readonly Series[];
  read: (value: number) => string;
  clock: (at: number) => string;
  none: string;
}): string {
  const { shown } = options;
  if (!shown) return options.none;
  const values = options.series.map((one) => `${one.name} ${readValue(shown.values[one.key], options.read)}`);
  return `${options.clock(shown.at)}: ${values.join(", ")}`;
}
