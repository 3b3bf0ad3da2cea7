"use client";
import { useTranslations } from "next-intl";
import { useState, type KeyboardEvent, type PointerEvent } from "react";
import { useFormat } from "../ui/use-format";
import { readValue } from "./chart-legend";
import type { ChartRow, Series, TimeSpan } from "./lines";

// A shorter drag is a click.
const LEAST_DRAG_PX = 6;

/**
 * Time as a slider over the plot: the pointer, a finger and the arrow keys move it alike. With `onSpan` a stretch is selected by
 * dragging, or with Shift and the arrow keys and then Enter.
 */
export function TimeSlider({
  label,
  series,
  rows,
  shown,
  from,
  to,
  read,
  onPoint,
  onSpan,
  span,
}: {
  label: string;
  series: readonly Series[];
  rows: readonly ChartRow[];
  from: number;
  to: number;
  onSpan?: (span: TimeSpan) => void;
  shown: ChartRow | undefined;
  read: (value: number) => string;
  onPoint: (at: number | null) => void;
  span: TimeSpan | null;
}) {
  const t = useTranslations("components.chart");
  const format = useFormat();
  const [drag, setDrag] = useState<{ start: number; end: number; startX: number } | null>(null);

  const timeAt = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (to - from);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const at = timeAt(event);
    onPoint(nearest(rows, at));
    if (drag && event.buttons !== 0) setDrag({ ...drag, end: at });
  };
  const choose = (chosen: { start: number; end: number }) => {
    setDrag(null);
    const [first, last] = chosen.start < chosen.end ? [chosen.start, chosen.end] : [chosen.end, chosen.start];
    if (last > first) onSpan?.({ from: first, to: last });
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    if (drag && Math.abs(event.clientX - drag.startX) >= LEAST_DRAG_PX) choose({ ...drag, end: timeAt(event) });
    else setDrag(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!onSpan) return;
    if (event.key === "Escape" && drag) setDrag(null);
    if (event.key === "Enter" && drag) choose(drag);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0 || !event.shiftKey || !shown) return;
    event.preventDefault();
    const next = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(shown) + step))]?.at ?? shown.at;
    setDrag({ start: drag?.start ?? shown.at, end: next, startX: 0 });
    onPoint(next);
  };
  const selected = drag ? { from: Math.min(drag.start, drag.end), to: Math.max(drag.start, drag.end) } : span;
  return (
    <>
      {selected ? <div className="sel" style={place(selected, from, to)} /> : null}
      <input
        className="time"
        type="range"
        min={0}
        max={Math.max(0, rows.length - 1)}
        value={shown ? rows.indexOf(shown) : 0}
        aria-label={t(onSpan ? "aboutSpan" : "about", { label })}
        aria-valuetext={
          shown
            ? `${format.moment(shown.at, to - from)}: ${series.map((one) => `${one.name} ${readValue(shown.values[one.key], read)}`).join(", ")}`
            : t("none")
        }
        onChange={(event) => onPoint(rows[event.currentTarget.valueAsNumber]?.at ?? null)}
        onPointerDown={(event) => {
          if (!onSpan || event.button !== 0) return;
          const at = timeAt(event);
          // The drag may end beside the chart.
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ start: at, end: at, startX: event.clientX });
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => onPoint(null)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          onPoint(null);
          setDrag(null);
        }}
      />
    </>
  );
}

const place = (span: TimeSpan, from: number, to: number) => {
  const share = (at: number) => Math.min(1, Math.max(0, (at - from) / (to - from))) * 100;
  return { left: `${share(span.from)}%`, width: `${share(span.to) - share(span.from)}%` };
};

/** Time of the row nearest to an instant. Rows are in order of time. */
function nearest(rows: readonly ChartRow[], at: number): number | null {
  const after = rows.findIndex((row) => row.at >= at);
  if (after < 0) return rows.at(-1)?.at ?? null;
  const [before, next] = [rows[after - 1]?.at, rows[after]?.at ?? at];
  return before !== undefined && at - before < next - at ? before : next;
}
