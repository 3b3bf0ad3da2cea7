/** Rows of bars in the final size of what loads, so that nothing jumps when it comes. */
export function SkeletonRows({ rows, rowHeight = 36, label }: { rows: number; rowHeight?: number; label: string }) {
  return (
    <output aria-label={label} style={{ display: "block", padding: "0 16px" }}>
      {Array.from({ length: rows }, (_, row) => (
        <span className="row" key={row} style={{ height: rowHeight, gap: 16 }}>
          <Skeleton width={72} />
          <Skeleton width={`${[62, 48, 70, 55, 64][row % 5]}%`} />
        </span>
      ))}
    </output>
  );
}

/** One bar. */
export function Skeleton({ width, height = 12 }: { width: number | string; height?: number }) {
  return <span className="skel" style={{ width, height }} />;
}
