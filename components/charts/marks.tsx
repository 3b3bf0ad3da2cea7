/** A line at an instant (ms): incidents red and solid, deploys and notes grey and dashed. Named where there is room for names. */
export interface ChartMark {
  at: number;
  kind: "incident" | "deploy";
  name?: string;
}

/** Marks over a plot. Those at one instant are one line. */
export function ChartMarks({ marks, from, to }: { marks: readonly ChartMark[]; from: number; to: number }) {
  return marks.map((mark, n) => {
    const share = Math.min(1, Math.max(0, (mark.at - from) / (to - from)));
    return (
      <div key={`${mark.kind}${mark.at}${mark.name ?? ""}`}>
        <div className={mark.kind === "incident" ? "vl bad" : "vl"} style={{ left: `${share * 100}%` }} />
        {mark.name ? (
          <span className="vt" style={beside(share, n)}>
            {mark.name}
          </span>
        ) : null}
      </div>
    );
  });
}

/** A name stands on the wider side of its line and ends where the plot does, as the value labels begin there; every other one a line lower. */
const beside = (share: number, n: number) => {
  const [x, rest] = [`${share * 100}%`, `${(1 - share) * 100}%`];
  const place = share < 0.5 ? { left: x, maxWidth: rest } : { right: rest, maxWidth: x };
  return { ...place, top: (n % 2) * 14 };
};
