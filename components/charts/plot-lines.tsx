"use client";
import { memo } from "react";
import { CartesianGrid, Line, LineChart as Recharts, XAxis, YAxis } from "recharts";
import { useFormat } from "../ui/use-format";
import type { ChartRow, Series } from "./lines";
import { timeTicks, zoneOffsetMs, type ValueScale } from "./scale";

/** Width of the value labels, height of the time labels, and room above the plot for the upper half of the highest label. */
export const AXIS = 52;
export const LABELS = 20;
export const AIR = 8;

/** The part recharts draws; kept apart so that moving the cursor does not draw it again. */
export const PlotLines = memo(function PlotLines({
  series,
  rows,
  from,
  to,
  scale,
  read,
}: {
  series: readonly Series[];
  rows: readonly ChartRow[];
  from: number;
  to: number;
  scale: ValueScale;
  /** How a value reads with its unit; a number alone where it is left out. */
  read?: ((value: number) => string) | undefined;
}) {
  const format = useFormat();
  const tick = { fontSize: 11, fill: "var(--text-3)", fontFamily: "var(--sans)" };
  const same = { type: "linear", dot: false, activeDot: false, connectNulls: false, isAnimationActive: false } as const;
  // What stands out lies over what does not.
  const ordered = series.toSorted((a, b) => Number(b.quiet ?? false) - Number(a.quiet ?? false));
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
        tickFormatter={(at: number) => format.tick(at, to - from)}
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
        tickFormatter={
          read ?? ((value: number) => (Math.abs(value) < 10_000 ? format.count(value, 2) : format.shortCount(value)))
        }
        tick={tick}
        tickLine={false}
        axisLine={false}
        tickMargin={4}
      />
      {series.flatMap((one) =>
        one.before === undefined
          ? []
          : [
              <Line
                key={one.before}
                dataKey={one.before}
                stroke={one.tone.color}
                strokeOpacity={0.35}
                strokeWidth={1.5}
                {...same}
              />,
            ],
      )}
      {ordered.map((one) => (
        <Line
          key={one.key}
          dataKey={one.key}
          stroke={one.tone.color}
          strokeWidth={one.quiet ? 1 : 1.5}
          {...(one.tone.dash ? { strokeDasharray: one.tone.dash } : {})}
          {...same}
        />
      ))}
    </Recharts>
  );
});
