/** The last hour of one figure, without axes: a line broken where nothing is known, its usual band, a dot on the last value. */
export function Sparkline({
  values,
  usual,
  label,
  trouble = false,
  height = 28,
}: {
  /** Evenly spaced in time, oldest first; null where not known. */
  values: readonly (number | null)[];
  usual?: { low: number; high: number };
  label: string;
  /** Out of its usual range. */
  trouble?: boolean;
  height?: number;
}) {
  const known = values.filter((value) => value !== null);
  const high = Math.max(...known, usual?.high ?? Number.NEGATIVE_INFINITY);
  const low = Math.min(...known, usual?.low ?? Number.POSITIVE_INFINITY);
  const span = high - low || 1;
  const x = (index: number) => (values.length < 2 ? 100 : (index / (values.length - 1)) * 100);
  // Two units of air, so that the line is not cut at its peaks.
  const y = (value: number) => 2 + (1 - (value - low) / span) * (height - 4);
  const last = values.at(-1);
  const color = trouble ? "var(--trouble-m)" : "var(--s4)";
  return (
    <figure style={{ position: "relative", height }} aria-label={label}>
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" width="100%" height={height} aria-hidden="true">
        {usual ? (
          <rect x="0" width="100" y={y(usual.high)} height={y(usual.low) - y(usual.high)} fill="var(--sunken)" />
        ) : null}
        {segmentsOf(values).map((segment) => (
          <polyline
            key={segment.start}
            points={segment.values.map((value, n) => `${x(segment.start + n)},${y(value)}`).join(" ")}
            fill="none"
            stroke={color}
            strokeWidth="1.25"
            strokeLinejoin="round"
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      {typeof last === "number" ? (
        <span
          style={{
            position: "absolute",
            right: -2,
            top: y(last) - 2.5,
            width: 5,
            height: 5,
            borderRadius: "50%",
            background: color,
          }}
        />
      ) : null}
    </figure>
  );
}

/** Runs of known values and where each begins. */
function segmentsOf(values: readonly (number | null)[]): { start: number; values: number[] }[] {
  const segments: { start: number; values: number[] }[] = [];
  let open: { start: number; values: number[] } | null = null;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      open = null;
      continue;
    }
    if (!open) {
      open = { start: index, values: [] };
      segments.push(open);
    }
    open.values.push(value);
  }
  return segments;
}
