/** A line at an instant (ms): incidents red and solid, deploys and notes grey and dashed. */
export interface ChartMark {
  at: number;
  kind: "incident" | "deploy";
  /** Where there is room for it; 1: under the names of the first row. */
  name?: string;
  row?: 0 | 1;
}

/** Marks over a plot, one of a kind at an instant. */
export function ChartMarks({ marks, from, to }: { marks: readonly ChartMark[]; from: number; to: number }) {
  return marks.map((mark) => {
    const share = Math.min(1, Math.max(0, (mark.at - from) / (to - from)));
    return (
      <div key={`${mark.kind}${mark.at}`}>
        <div className={mark.kind === "incident" ? "vl bad" : "vl"} style={{ left: `${share * 100}%` }} />
        {mark.name ? (
          <span className="vt" style={beside(share, mark.row ?? 0)}>
            {mark.name}
          </span>
        ) : null}
      </div>
    );
  });
}

/** A name stands on the wider side of its line and ends where the plot does, as the value labels begin there. */
const beside = (share: number, row: 0 | 1) => {
  const [x, rest] = [`${share * 100}%`, `${(1 - share) * 100}%`];
  const place = share < 0.5 ? { left: x, maxWidth: rest } : { right: rest, maxWidth: x };
  return { ...place, top: row * 14 };
};
